import fc from 'fast-check';
import { consolidate } from './consolidate.js';
import type { ConsolidatedRecord } from './consolidated-record.js';
import { cvx, demographics, dose, FACTS, ordered, source, vital } from './record-source.fixture.js';
import type { RecordSource, SourceDose, SourceVital } from './source.js';
import { showableSources, standingsOf } from './standing.js';

const fold = (...sources: readonly RecordSource[]): ConsolidatedRecord | undefined =>
  consolidate(sources, FACTS);

const datesOf = (...sources: readonly RecordSource[]): string[] =>
  fold(...sources)?.doses.map(({ date }) => date) ?? [];

const LATER = '2026-02-01T00:00:00.000Z';

describe('A consolidated record', () => {
  it('is nothing without sources', () => {
    expect(fold()).toBeUndefined();
  });

  it('says by which policy it was folded', () => {
    expect(fold(source({ submissionId: 'a' }))?.policy).toBe('mn-consolidation-1');
  });
});

describe('Demographics', () => {
  it('come from the submission received last that has them, each element with its source', () => {
    const early = source({
      submissionId: 'a',
      demographics: demographics({
        sex: 'F',
        addresses: [{ city: 'Duluth' }],
        phones: ['2185550100'],
        guardians: [{ family: 'Olson', given: 'Ida' }],
      }),
    });
    const late = source({
      submissionId: 'b',
      receivedAt: LATER,
      demographics: demographics({ names: [{ family: 'Lind', given: 'Nora' }], phones: ['2185550199'] }),
    });
    for (const record of [fold(early, late), fold(late, early)]) {
      expect(record).toMatchObject({
        name: { family: 'Lind' },
        sex: 'F',
        addresses: [{ city: 'Duluth' }],
        phones: ['2185550199'],
        guardians: [{ given: 'Ida' }],
        demographicsFrom: {
          name: 'b',
          birthDate: 'b',
          sex: 'a',
          addresses: 'a',
          phones: 'b',
          guardians: 'a',
        },
      });
    }
  });

  it('come from the vital record first, but address and phone from whoever was heard last', () => {
    const birth = vital(
      'birth',
      {},
      {
        names: [{ family: 'Olson', given: 'Nora Mae' }],
        sex: 'F',
        multipleBirth: true,
        birthOrder: 2,
        addresses: [{ city: 'Ely' }],
      },
    );
    const clinic = source({
      submissionId: 'clinic',
      demographics: demographics({
        names: [{ family: 'Olsen', given: 'N' }],
        birthDate: '2024-03-06',
        sex: 'U',
        multipleBirth: false,
        addresses: [{ city: 'Duluth' }],
      }),
    });
    expect(fold(clinic, birth)).toMatchObject({
      name: { family: 'Olson', given: 'Nora Mae' },
      birthDate: '2024-03-05',
      sex: 'F',
      multipleBirth: true,
      birthOrder: 2,
      addresses: [{ city: 'Duluth' }],
      demographicsFrom: { name: 'birth', birthDate: 'birth', birthOrder: 'birth', addresses: 'clinic' },
    });
  });

  it('say that the person died, by the vital record before others', () => {
    const alive = source({ submissionId: 'a', demographics: demographics({ died: false }) });
    const reported = source({
      submissionId: 'b',
      receivedAt: LATER,
      demographics: demographics({ died: true }),
    });
    const record = vital(
      'death',
      { event: 'death', fileNumber: 'D-1', issuedAt: '2025-01-01T00:00:00Z' },
      { deathDate: '2024-12-30' },
    );
    expect(fold(alive)?.death).toBeUndefined();
    expect(fold(alive)?.demographicsFrom).not.toHaveProperty('death');
    expect(fold(alive, reported)).toMatchObject({ death: {}, demographicsFrom: { death: 'b' } });
    expect(fold(alive, record)).toMatchObject({
      death: { date: '2024-12-30' },
      demographicsFrom: { death: 'death' },
    });
  });

  it('say that the person lives when the record of the death is withdrawn, unless somebody else reports one', () => {
    const ofDeath = { register: 'death', fileNumber: '2024-1' } as const;
    const birth = vital('birth', {});
    const died = vital(
      'died',
      { ...ofDeath, event: 'death', issuedAt: '2025-01-01T00:00:00Z' },
      { deathDate: '2024-12-30' },
    );
    const voided = vital('void', { ...ofDeath, event: 'void', issuedAt: '2025-02-01T00:00:00Z' });
    const again = vital(
      'again',
      { ...ofDeath, event: 'death', issuedAt: '2025-03-01T00:00:00Z' },
      { deathDate: '2024-12-31' },
    );
    expect(fold(birth, died)).toMatchObject({ death: { date: '2024-12-30' } });
    for (const all of [
      [birth, died, voided],
      [voided, died, birth],
    ]) {
      // The birth record of the same number is another record.
      expect(fold(...all)).toMatchObject({ demographicsFrom: { name: 'birth' } });
      expect(fold(...all)).not.toHaveProperty('death');
    }
    expect(fold(birth, again, voided, died)).toMatchObject({ death: { date: '2024-12-31' } });
    const reported = source({ submissionId: 'clinic', demographics: demographics({ died: true }) });
    expect(fold(birth, died, voided, reported)).toMatchObject({
      death: {},
      demographicsFrom: { death: 'clinic' },
    });
  });
});

describe('Vital records', () => {
  const birth = vital('birth', {}, { names: [{ family: 'Olson', given: 'Nora' }] });
  const amended = vital(
    'amended',
    { event: 'amendment', issuedAt: '2024-06-01T00:00:00Z' },
    { names: [{ family: 'Olson', given: 'Norah' }] },
  );
  const adopted = vital(
    'adopted',
    { event: 'replacement', fileNumber: '2025-9', replaces: '2024-1', issuedAt: '2025-06-01T00:00:00Z' },
    { names: [{ family: 'Lind', given: 'Eva' }] },
  );
  const standing = (...sources: readonly RecordSource[]) => Object.fromEntries(standingsOf(sources));

  it('are shown in the version issued last, whenever it was received', () => {
    const belated = { ...amended, receivedAt: '2020-01-01T00:00:00.000Z' };
    expect(fold(birth, belated)?.name.given).toBe('Norah');
    expect(standing(birth, belated)).toEqual({ birth: 'superseded', amended: 'stands' });
  });

  it('are sealed by a replacement: the earlier versions of its number, every version of the number it names', () => {
    const late = vital('late', { event: 'amendment', issuedAt: '2026-01-01T00:00:00Z' });
    expect(standing(birth, adopted, amended, late)).toEqual({
      birth: 'sealed',
      amended: 'sealed',
      late: 'sealed',
      adopted: 'stands',
    });
    const ofSameNumber = vital('paternity', { event: 'replacement', issuedAt: '2025-06-01T00:00:00Z' });
    expect(standing(birth, ofSameNumber, late)).toEqual({
      birth: 'sealed',
      paternity: 'superseded',
      late: 'stands',
    });
  });

  it('stay sealed when the replacement is replaced or voided', () => {
    const again = vital('again', {
      event: 'replacement',
      fileNumber: '2026-3',
      replaces: '2025-9',
      issuedAt: '2026-01-01T00:00:00Z',
    });
    expect(standing(birth, adopted, again)).toEqual({ birth: 'sealed', adopted: 'sealed', again: 'stands' });
    const voided = vital('void', { event: 'void', fileNumber: '2025-9', issuedAt: '2026-01-01T00:00:00Z' });
    expect(standing(birth, adopted, voided)).toEqual({
      birth: 'sealed',
      adopted: 'withdrawn',
      void: 'withdrawn',
    });
    expect(fold(birth, adopted, voided)).toBeUndefined();
  });

  it('of another organization are not touched', () => {
    const elsewhere = { ...birth, submissionId: 'elsewhere', organizationId: 'vital-records-wi' };
    expect(standing(elsewhere, adopted)).toEqual({ elsewhere: 'stands', adopted: 'stands' });
  });

  it('issued at one instant are sealed rather than shown', () => {
    const atOnce = vital('replacement', { event: 'replacement' });
    expect(standing(atOnce, birth)).toEqual({ birth: 'sealed', replacement: 'stands' });
  });

  it('are withdrawn by a void, up to it', () => {
    const voided = vital('void', { event: 'void', issuedAt: '2024-05-01T00:00:00Z' });
    expect(standing(birth, voided)).toEqual({ birth: 'withdrawn', void: 'withdrawn' });
    expect(standing(birth, voided, amended)).toEqual({
      birth: 'withdrawn',
      void: 'withdrawn',
      amended: 'stands',
    });
    expect(fold(birth, voided)).toBeUndefined();
    expect(fold(birth, voided, source({ submissionId: 'clinic' }))?.demographicsFrom.name).toBe('clinic');
  });

  it('that leave parents out do not show those whom others named before the replacement', () => {
    const before = source({
      submissionId: 'before',
      receivedAt: '2025-01-01T00:00:00.000Z',
      demographics: demographics({ guardians: [{ family: 'Olson', given: 'Ida' }] }),
    });
    const after = source({
      submissionId: 'after',
      receivedAt: '2025-09-01T00:00:00.000Z',
      demographics: demographics({ guardians: [{ family: 'Lind', given: 'Per' }] }),
    });
    expect(fold(birth, before)?.guardians).toEqual([{ family: 'Olson', given: 'Ida' }]);
    expect(fold(birth, before, adopted)?.guardians).toEqual([]);
    expect(fold(birth, before, adopted, after)?.guardians).toEqual([{ family: 'Lind', given: 'Per' }]);
  });
});

describe('Updates and deletes', () => {
  const first = source({ submissionId: 'a', doses: [ordered('1')] });
  const second = (over: Partial<SourceDose>, organizationId = 'clinic-a') =>
    source({ submissionId: 'b', organizationId, receivedAt: LATER, doses: [ordered('1', over)] });

  it('act on the dose of the same organization and order number only', () => {
    expect(datesOf(first, second({ action: 'U', date: '2024-05-11' }))).toEqual(['2024-05-11']);
    expect(datesOf(first, second({ action: 'D' }))).toEqual([]);
    expect(datesOf(first, second({ action: 'D' }, 'clinic-b'))).toEqual(['2024-05-10']);
    const other = { orderNumber: { authority: 'A', value: '2' } };
    expect(datesOf(first, second({ action: 'U', ...other }))).toEqual(['2024-05-10']);
    expect(datesOf(second({ action: 'U' }))).toEqual([]);
    expect(
      datesOf(source({ submissionId: 'a', doses: [dose({ action: 'D' }), dose({ action: 'U' })] })),
    ).toEqual([]);
  });

  it('are not needed for a newer snapshot: a dose added again under its number replaces the earlier one', () => {
    expect(datesOf(first, second({ date: '2024-05-12' }))).toEqual(['2024-05-12']);
    expect(datesOf(first, second({ date: '2024-07-12' }, 'clinic-b'))).toEqual(['2024-05-10', '2024-07-12']);
  });

  it('make a dose a refusal, too', () => {
    const record = fold(first, second({ action: 'U', completion: 'RE', refusalReason: '00' }));
    expect(record).toMatchObject({
      doses: [],
      notGiven: [{ completion: 'RE', refusalReason: '00', from: ['b'] }],
    });
  });

  it('do not take one number given twice in a message, or the number for none, for a repetition', () => {
    const doses = [ordered('1'), ordered('1', cvx('10'))];
    expect(fold(source({ submissionId: 'a', doses }))?.doses).toHaveLength(2);
    const unnumbered = [ordered('9999'), ordered('9999', { date: '2024-08-10' })];
    expect(
      datesOf(
        source({ submissionId: 'a', doses: unnumbered.slice(0, 1) }),
        source({ submissionId: 'b', receivedAt: LATER, doses: unnumbered.slice(1) }),
      ),
    ).toEqual(['2024-05-10', '2024-08-10']);
  });
});

describe('What is no dose', () => {
  it('is kept apart: refused, or not given', () => {
    const doses = [dose({ completion: 'RE', refusalReason: '00' }), dose({ completion: 'NA' })];
    const record = fold(
      source({ submissionId: 'a', doses }),
      source({ submissionId: 'b', organizationId: 'clinic-b', doses }),
    );
    expect(record?.doses).toEqual([]);
    expect(record?.notGiven).toEqual([
      { date: '2024-05-10', ...cvx('20'), cvx: '20', completion: 'NA', from: ['a', 'b'] },
      {
        date: '2024-05-10',
        ...cvx('20'),
        cvx: '20',
        completion: 'RE',
        refusalReason: '00',
        from: ['a', 'b'],
      },
    ]);
  });

  it('is nothing at all, if it is the code for no vaccination', () => {
    const doses = [dose(cvx('998')), dose({ ...cvx('998'), completion: 'NA' })];
    expect(fold(source({ submissionId: 'a', doses }))).toMatchObject({
      doses: [],
      notGiven: [],
    });
  });

  it('is an indication, of which each is there once', () => {
    const indications = [
      { kind: 'contraindication', code: '21', text: 'Allergy' },
      { kind: 'reaction', code: '21', date: '2024-05-11' },
    ] as const;
    const record = fold(
      source({ submissionId: 'a', indications }),
      source({
        submissionId: 'b',
        receivedAt: LATER,
        indications: [{ kind: 'contraindication', code: '21', text: 'allergy' }],
      }),
    );
    expect(record?.indications).toEqual([
      { kind: 'contraindication', code: '21', text: 'Allergy', from: ['a', 'b'] },
      { kind: 'reaction', code: '21', date: '2024-05-11', from: ['a'] },
    ]);
  });
});

describe('Deduplication', () => {
  /** Two reports of different organizations. */
  const folded = (a: Partial<SourceDose>, b: Partial<SourceDose>, organizationId = 'clinic-b') =>
    fold(
      source({ submissionId: 'a', doses: [dose(a)] }),
      source({ submissionId: 'b', organizationId, doses: [dose(b)] }),
    )?.doses ?? [];
  const historical = { source: '01' };

  it('shows the preferred report, and names the others', () => {
    const better = { lot: 'L1', manufacturer: 'SKB' };
    expect(folded({ ...historical, ...better, expiration: '2025-01-01' }, { lot: 'L1' })).toEqual([
      {
        date: '2024-05-10',
        ...cvx('20'),
        cvx: '20',
        source: '00',
        completion: 'CP',
        historical: false,
        lot: 'L1',
        manufacturer: 'SKB',
        expiration: '2025-01-01',
        from: 'b',
        taken: { manufacturer: 'a', expiration: 'a' },
        alsoFrom: [{ from: 'a', date: '2024-05-10', cvx: '20', historical: true }],
      },
    ]);
    expect(folded({}, better)[0]?.from).toBe('b');
    expect(folded({}, {})[0]?.from).toBe('b');
  });

  it('takes nothing from a report that contradicts the preferred one, or is of another vaccine', () => {
    const other = { ...historical, manufacturer: 'SKB', expiration: '2025-01-01' };
    expect(folded({ lot: 'L1' }, { ...other, lot: 'L2' })[0]).not.toHaveProperty('manufacturer');
    expect(folded({}, { ...other, ...cvx('110') })[0]).not.toHaveProperty('manufacturer');
  });

  it('is by antigens on equal dates, whatever the code system', () => {
    expect(folded({}, cvx('110'))).toHaveLength(1);
    expect(folded({}, { codes: [{ system: 'NDC', value: '58160-0810-52' }] })).toHaveLength(1);
    expect(folded({}, { codes: [{ system: 'CPT', value: '90713' }] })).toHaveLength(2);
    expect(folded({}, cvx('10'))).toHaveLength(2);
  });

  it('is by the same code on equal dates, if the vaccine is unknown', () => {
    expect(folded(cvx('777'), cvx('777'))).toHaveLength(1);
    expect(folded(cvx('777'), cvx('778'))).toHaveLength(2);
    expect(folded(cvx('13'), cvx('13'))).toHaveLength(1);
    expect(folded(cvx('777'), { ...cvx('777'), ...historical, date: '2024-05-11' })).toHaveLength(2);
  });

  it('keeps single vaccines apart that one report of a combination stands beside', () => {
    const record = fold(
      source({ submissionId: 'a', doses: [dose(), dose(cvx('08')), dose(cvx('10'))] }),
      source({
        submissionId: 'b',
        organizationId: 'clinic-b',
        doses: [dose({ ...cvx('110'), ...historical })],
      }),
    );
    expect(record?.doses.map((shown) => shown.cvx)).toEqual(['08', '10', '20']);
  });

  it.each<[string, Partial<SourceDose>, Partial<SourceDose>, number]>([
    ['four days apart, one historical', {}, { ...historical, date: '2024-05-14' }, 1],
    ['before, too', { date: '2024-05-14' }, historical, 1],
    ['both historical', historical, { ...historical, date: '2024-05-11' }, 1],
    ['five days apart', {}, { ...historical, date: '2024-05-15' }, 2],
    ['both administered', {}, { date: '2024-05-11' }, 2],
    ['other lots', { lot: 'L1' }, { ...historical, lot: 'L2', date: '2024-05-11' }, 2],
    ['the same lot, written otherwise', { lot: 'l-1' }, { ...historical, lot: 'L1', date: '2024-05-11' }, 1],
    ['an interval of three days, two apart', cvx('110'), { ...historical, date: '2024-05-12' }, 1],
    ['an interval of three days, three apart', cvx('110'), { ...historical, date: '2024-05-13' }, 2],
    ['no interval known', cvx('304'), { ...historical, ...cvx('304'), date: '2024-05-11' }, 2],
    ['rabies', cvx('175'), { ...historical, ...cvx('175'), date: '2024-05-11' }, 2],
    ['rabies on one day', cvx('175'), { ...historical, ...cvx('175') }, 1],
  ])('of near dates: %s', (_, a, b, count) => {
    expect(folded(a, b)).toHaveLength(count);
  });

  it('of near dates wants different organizations', () => {
    expect(folded({}, { ...historical, date: '2024-05-11' }, 'clinic-a')).toHaveLength(2);
  });

  it('of near dates keeps two doses that one organization tells apart', () => {
    const record = fold(
      source({ submissionId: 'a', doses: [dose()] }),
      source({
        submissionId: 'b',
        organizationId: 'clinic-b',
        doses: [dose(historical), dose({ ...historical, date: '2024-05-12' })],
      }),
    );
    expect(record?.doses.map(({ date, alsoFrom }) => [date, alsoFrom?.length ?? 0])).toEqual([
      ['2024-05-10', 1],
      ['2024-05-12', 0],
    ]);
  });

  it('does not go on along a chain of near dates', () => {
    const sources = ['2024-05-10', '2024-05-13', '2024-05-16', '2024-05-19'].map((date, index) =>
      source({
        submissionId: `s${index}`,
        organizationId: `clinic-${index}`,
        doses: [dose({ ...historical, date })],
      }),
    );
    expect(fold(...sources)?.doses.map(({ date, alsoFrom }) => [date, alsoFrom?.length ?? 0])).toEqual([
      ['2024-05-13', 1],
      ['2024-05-19', 1],
    ]);
  });
});

describe('Of any sources', () => {
  const doses = fc.array(
    fc.record<SourceDose>(
      {
        orderNumber: fc.record({
          authority: fc.constant('A'),
          value: fc.constantFrom('1', '2', '3', '9999'),
        }),
        date: fc.constantFrom('2024-05-10', '2024-05-11', '2024-05-13', '2024-05-16', '2024-06-10'),
        codes: fc.subarray<SourceDose['codes'][number]>(
          [
            { system: 'CVX', value: '20' },
            { system: 'CVX', value: '110' },
            { system: 'CVX', value: '08' },
            { system: 'CVX', value: '175' },
            { system: 'CVX', value: '777' },
            { system: 'NDC', value: '58160-0810-52' },
          ],
          { minLength: 1, maxLength: 2 },
        ),
        source: fc.constantFrom('00', '01'),
        completion: fc.constantFrom<SourceDose['completion']>('CP', 'CP', 'CP', 'PA', 'RE', 'NA'),
        action: fc.constantFrom<SourceDose['action']>('A', 'A', 'A', 'U', 'D'),
        lot: fc.constantFrom('L1', 'L2'),
        manufacturer: fc.constantFrom('SKB', 'PMC'),
      },
      {
        requiredKeys: ['date', 'codes', 'completion', 'action'],
        noNullPrototype: true,
      },
    ),
    { maxLength: 5 },
  );
  const instant = fc.constantFrom('2026-01-01T00:00:00.000Z', '2026-02-01T00:00:00.000Z', LATER);
  const vitals = fc.record<SourceVital>(
    {
      event: fc.constantFrom('birth', 'amendment', 'replacement', 'replacement', 'void', 'death'),
      fileNumber: fc.constantFrom('1', '2', '3'),
      issuedAt: fc.constantFrom('2025-01-01T00:00:00Z', '2025-02-01T00:00:00.500Z', '2025-03-01T00:00:00Z'),
      replaces: fc.constantFrom('1', '2', '3'),
      register: fc.constantFrom('birth', 'death'),
    },
    { requiredKeys: ['event', 'fileNumber', 'issuedAt', 'register'], noNullPrototype: true },
  );

  /** Every value of a source that can be marked has the mark `<submission id>`. */
  const marked = (
    submissionId: string,
    given: Pick<RecordSource, 'organizationId' | 'receivedAt' | 'doses'>,
  ) => {
    const mark = `<${submissionId}>`;
    return source({
      ...given,
      submissionId: mark,
      doses: given.doses.map((each) => ({ ...each, facility: mark })),
      demographics: demographics({
        identifiers: [{ authority: 'A', type: 'BR', value: mark }],
        names: [{ family: mark, given: 'Nora' }],
        addresses: [{ street: mark }],
        phones: [mark],
        guardians: [{ family: mark, given: 'Ida' }],
      }),
      indications: [{ kind: 'reaction', code: mark }],
    });
  };
  const common = { receivedAt: instant, doses };
  const provider = fc.record({ organizationId: fc.constantFrom('a', 'b', 'c'), ...common });
  const office = fc.record({ organizationId: fc.constantFrom('x', 'y'), vital: vitals, ...common });
  const sources = fc.array(fc.oneof(provider, office), { minLength: 1, maxLength: 8 }).map((parts) =>
    parts.map((part, index): RecordSource => {
      const each = marked(`s${index}`, part);
      return 'vital' in part ? { ...each, kind: 'vital', vital: part.vital } : each;
    }),
  );
  const numRuns = 1_000;

  it('neither their order nor a repeated source matters', () => {
    const shuffled = sources.chain((all) =>
      fc.tuple(
        fc.constant(all),
        fc.shuffledSubarray([...all, ...all], { minLength: all.length * 2 }),
        fc.shuffledSubarray(all, { minLength: all.length }),
      ),
    );
    fc.assert(
      fc.property(shuffled, ([all, twice, once]) => {
        const record = fold(...all);
        expect(fold(...twice)).toStrictEqual(record);
        expect(fold(...once)).toStrictEqual(record);
      }),
      { numRuns },
    );
  });

  it('nothing shows of what is sealed, withdrawn or superseded', () => {
    /** The rule again, said otherwise. */
    const isSealed = (each: RecordSource, all: readonly RecordSource[]): boolean =>
      all.some(({ organizationId, vital: other }) => {
        if (other?.event !== 'replacement' || each.vital === undefined) return false;
        if (organizationId !== each.organizationId || other === each.vital) return false;
        if (other.register !== each.vital.register) return false;
        if (other.fileNumber !== each.vital.fileNumber) return other.replaces === each.vital.fileNumber;
        return Date.parse(each.vital.issuedAt) < Date.parse(other.issuedAt);
      });
    fc.assert(
      fc.property(sources, (all) => {
        const text = JSON.stringify(fold(...all) ?? {});
        const standings = standingsOf(all);
        for (const each of all) {
          const standing = standings.get(each.submissionId);
          if (isSealed(each, all)) expect(showableSources(all)).not.toContain(each);
          if (standing !== 'stands') expect(text).not.toContain(each.submissionId);
        }
      }),
      { numRuns },
    );
  });

  it('every value names a source that has it', () => {
    fc.assert(
      fc.property(sources, (all) => {
        const record = fold(...all);
        if (record === undefined) return;
        const ids = new Set(all.map(({ submissionId }) => submissionId));
        const { demographicsFrom: from } = record;
        expect(record.name.family).toBe(from.name);
        expect(record.addresses).toEqual([{ street: from.addresses }]);
        expect(record.phones).toEqual([from.phones]);
        expect(record.guardians.map(({ family }) => family)).toEqual(
          from.guardians === undefined ? [] : [from.guardians],
        );
        for (const shown of record.doses) expect(shown.facility).toBe(shown.from);
        for (const { code, from: named } of record.indications) expect(named).toEqual([code]);
        const named = [
          ...Object.values(from),
          ...record.doses.flatMap((shown) => [
            shown.from,
            ...Object.values(shown.taken ?? {}),
            ...(shown.alsoFrom ?? []).map((other) => other.from),
          ]),
          ...record.notGiven.flatMap((refused) => refused.from),
        ];
        expect(named.filter((id) => !ids.has(id))).toEqual([]);
      }),
      { numRuns },
    );
  });

  it('no dose is lost, and two administered on different dates are two', () => {
    const given = fc.array(provider, { minLength: 1, maxLength: 8 }).map((parts) =>
      parts.map((part, index) =>
        marked(`s${index}`, {
          ...part,
          doses: part.doses.map(({ orderNumber: _, ...each }) => ({ ...each, action: 'A' })),
        }),
      ),
    );
    fc.assert(
      fc.property(given, (all) => {
        const shown = fold(...all)?.doses ?? [];
        const reports = all.flatMap((each) =>
          each.doses.filter(({ completion }) => completion === 'CP' || completion === 'PA'),
        );
        const clusters = shown.map((each) => [each, ...(each.alsoFrom ?? [])]);
        expect(clusters.flat()).toHaveLength(reports.length);
        for (const cluster of clusters) {
          const administered = cluster.filter(({ historical }) => !historical).map(({ date }) => date);
          expect(new Set(administered).size).toBeLessThanOrEqual(1);
          const days = cluster.map(({ date }) => Date.parse(date) / 86_400_000);
          expect(Math.max(...days) - Math.min(...days)).toBeLessThanOrEqual(4);
        }
      }),
      { numRuns },
    );
  });
});
