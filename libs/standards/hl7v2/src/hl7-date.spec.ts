import fc from 'fast-check';
import { readHl7Date, toHl7Timestamp } from './hl7-date.js';

describe('readHl7Date', () => {
  it.each([
    ['20240229', '2024-02-29'],
    ['20000229', '2000-02-29'],
    ['202601021530', '2026-01-02'],
    ['20260102153000-0600', '2026-01-02'],
    ['20260102153000.1234+0000', '2026-01-02'],
    ['201201130000-500', '2012-01-13'],
  ])('reads %s', (sent, date) => {
    expect(readHl7Date(sent)).toEqual({ kind: 'date', date });
  });

  it.each(['2024', '202402'])('finds %s partial', (sent) => {
    expect(readHl7Date(sent)).toEqual({ kind: 'partial' });
  });

  it.each([
    '',
    '20230229',
    '19000229',
    '20241301',
    '20240100',
    '20240431',
    '00000101',
    '2024-02-29',
    '20240229x',
    '20240229^',
    '202402291',
  ])('refuses %j', (sent) => {
    expect(readHl7Date(sent)).toEqual({ kind: 'invalid' });
  });

  it('agrees with the calendar', () => {
    const day = fc.date({ min: new Date('0001-01-01'), max: new Date('9999-12-31'), noInvalidDate: true });
    fc.assert(
      fc.property(day, (date) => {
        const iso = date.toISOString().slice(0, 10);
        expect(readHl7Date(iso.replaceAll('-', ''))).toEqual({ kind: 'date', date: iso });
      }),
    );
  });
});

describe('toHl7Timestamp', () => {
  it('writes UTC with its offset', () => {
    expect(toHl7Timestamp('2026-01-31T09:05:07.123Z')).toBe('20260131090507+0000');
  });

  it('refuses what is not an instant', () => {
    expect(() => toHl7Timestamp('2026-01-31')).toThrow(RangeError);
  });
});
