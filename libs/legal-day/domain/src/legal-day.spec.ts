import fc from 'fast-check';
import { dayAfter, endOfLegalDay, legalDayOf, legalDaysUntil, startOfLegalDay } from './legal-day.js';

describe('A legal day', () => {
  it.each([
    ['2026-01-15', '2026-01-15T06:00:00.000Z', '2026-01-16T06:00:00.000Z'],
    ['2026-07-15', '2026-07-15T05:00:00.000Z', '2026-07-16T05:00:00.000Z'],
    // The days on which the clocks change.
    ['2026-03-08', '2026-03-08T06:00:00.000Z', '2026-03-09T05:00:00.000Z'],
    ['2026-11-01', '2026-11-01T05:00:00.000Z', '2026-11-02T06:00:00.000Z'],
  ])('%s begins at %s and is over at %s', (day, start, end) => {
    expect(startOfLegalDay(day)).toBe(start);
    expect(endOfLegalDay(day)).toBe(end);
  });

  it('holds its first instant and not its end', () => {
    const days = fc.integer({ min: 0, max: 40_000 }).map((days) => dayAfter('1990-01-01', days));
    fc.assert(
      fc.property(days, (day) => {
        expect(legalDayOf(startOfLegalDay(day))).toBe(day);
        expect(legalDayOf(endOfLegalDay(day))).toBe(dayAfter(day, 1));
        const before = new Date(Date.parse(startOfLegalDay(day)) - 1).toISOString();
        expect(legalDayOf(before)).toBe(dayAfter(day, -1));
      }),
    );
  });

  it('is counted to the last one', () => {
    const until = endOfLegalDay('2026-06-30');
    expect(legalDaysUntil(until, startOfLegalDay('2026-06-30'))).toBe(0);
    expect(legalDaysUntil(until, '2026-06-24T04:59:59.999Z')).toBe(7);
    expect(legalDaysUntil(until, '2026-06-24T05:00:00.000Z')).toBe(6);
    expect(legalDaysUntil(until, until)).toBe(-1);
  });
});
