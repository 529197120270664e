import fc from 'fast-check';
import { consolidate } from './consolidate.js';
import type { RecordSource, SourceDose } from './source.js';

const source = (over: Partial<RecordSource> & Pick<RecordSource, 'submissionId'>): RecordSource => ({
  organizationId: 'clinic-a',
  receivedAt: '2026-01-01T00:00:00.000Z',
  demographics: {
    identifiers: [{ authority: 'A', type: 'MR', value: '1' }],
    names: [{ family: 'Olson', given: 'Nora' }],
    birthDate: '2024-03-05',
    addresses: [],
    guardians: [],
  },
  doses: [],
  indications: [],
  ...over,
});

const dose = (over: Partial<SourceDose> = {}): SourceDose => ({
  orderNumber: { authority: 'A', value: '1' },
  date: '2024-05-10',
  codes: [{ system: 'CVX', value: '20' }],
  source: '00',
  completion: 'CP',
  action: 'A',
  lot: 'L1',
  ...over,
});

const datesOf = (sources: readonly RecordSource[]): string[] =>
  consolidate(sources)?.doses.map(({ date }) => date) ?? [];

describe('A consolidated record', () => {
  it('is nothing without sources', () => {
    expect(consolidate([])).toBeUndefined();
  });

  it('takes demographics from the source received last', () => {
    const early = source({ submissionId: 'a' });
    const late = source({
      submissionId: 'b',
      receivedAt: '2026-02-01T00:00:00.000Z',
      demographics: { ...early.demographics, names: [{ family: 'Lind', given: 'Nora' }] },
    });
    expect(consolidate([late, early])).toMatchObject({ name: { family: 'Lind' }, demographicsFrom: 'b' });
  });

  it('replaces a dose by U and removes it by D, of the same organization and order number only', () => {
    const first = source({ submissionId: 'a', doses: [dose()] });
    const second = (over: Partial<SourceDose>, organizationId = 'clinic-a') =>
      source({
        submissionId: 'b',
        organizationId,
        receivedAt: '2026-02-01T00:00:00.000Z',
        doses: [dose(over)],
      });
    expect(datesOf([first, second({ action: 'U', date: '2024-05-11' })])).toEqual(['2024-05-11']);
    expect(datesOf([first, second({ action: 'D' })])).toEqual([]);
    expect(datesOf([first, second({ action: 'D' }, 'clinic-b')])).toEqual(['2024-05-10']);
    expect(datesOf([first, second({ action: 'U', orderNumber: { authority: 'A', value: '2' } })])).toEqual([
      '2024-05-10',
    ]);
  });

  it('shows no refusal and no dose that was not given', () => {
    expect(datesOf([source({ submissionId: 'a', doses: [dose({ completion: 'RE' })] })])).toEqual([]);
    expect(datesOf([source({ submissionId: 'a', doses: [dose({ completion: 'NA' })] })])).toEqual([]);
  });

  it('merges the same dose from two clinics, and names both sources', () => {
    const historical = dose({ source: '01', orderNumber: { authority: 'B', value: '9' } });
    const { lot: _, ...withoutLot } = historical;
    const record = consolidate([
      source({ submissionId: 'a', doses: [dose()] }),
      source({ submissionId: 'b', organizationId: 'clinic-b', doses: [withoutLot] }),
    ]);
    expect(record?.doses).toEqual([
      {
        date: '2024-05-10',
        codes: [{ system: 'CVX', value: '20' }],
        completion: 'CP',
        historical: false,
        lot: 'L1',
        from: ['a', 'b'],
      },
    ]);
  });

  it('keeps doses apart that differ in date or vaccine', () => {
    const doses = [
      dose(),
      dose({ date: '2024-07-10', orderNumber: { authority: 'A', value: '2' } }),
      dose({ codes: [{ system: 'CVX', value: '10' }], orderNumber: { authority: 'A', value: '3' } }),
    ];
    expect(consolidate([source({ submissionId: 'a', doses })])?.doses).toHaveLength(3);
  });

  it('does not depend on the order of arrival', () => {
    const doseOf = fc.record({
      orderNumber: fc.record({ authority: fc.constant('A'), value: fc.constantFrom('1', '2', '3') }),
      date: fc.constantFrom('2024-05-10', '2024-05-11', '2024-06-10'),
      codes: fc.constantFrom<SourceDose['codes']>(
        [{ system: 'CVX', value: '20' }],
        [{ system: 'CVX', value: '10' }],
        [
          { system: 'CVX', value: '20' },
          { system: 'NDC', value: '1' },
        ],
      ),
      source: fc.constantFrom('00', '01'),
      completion: fc.constantFrom<SourceDose['completion']>('CP', 'PA', 'RE', 'NA'),
      action: fc.constantFrom<SourceDose['action']>('A', 'U', 'D'),
      lot: fc.constantFrom('L1', 'L2'),
    });
    const sources = fc
      .array(
        fc.record({
          organizationId: fc.constantFrom('clinic-a', 'clinic-b'),
          receivedAt: fc.constantFrom('2026-01-01T00:00:00.000Z', '2026-02-01T00:00:00.000Z'),
          doses: fc.array(doseOf, { maxLength: 4 }),
        }),
        { minLength: 1, maxLength: 6 },
      )
      .map((parts) => parts.map((part, index) => source({ submissionId: `s${index}`, ...part })));
    fc.assert(
      fc.property(
        sources.chain((all) =>
          fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length })),
        ),
        ([all, shuffled]) => {
          expect(consolidate(shuffled)).toStrictEqual(consolidate(all));
        },
      ),
      { numRuns: 500 },
    );
  });
});
