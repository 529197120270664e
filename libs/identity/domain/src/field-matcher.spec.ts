import fc from 'fast-check';
import { resolveForm } from './form-resolution.js';
import { fieldMatcher } from './field-matcher.js';
import type { Matchable, MatchableDemographics } from './matchable.js';
import { compatibleFirstNames, normalizeName } from './name-compatibility.js';
import { PersonIndex } from './person-index.js';

const nora: MatchableDemographics = {
  identifiers: [{ authority: 'LAKE', type: 'MR', value: '1001' }],
  names: [{ family: 'Olson', given: 'Nora' }],
  birthDate: '2024-03-05',
};

const olson: MatchableDemographics = {
  ...nora,
  mothersMaidenName: { family: 'Lind', given: 'Karin' },
  phones: ['2185550142'],
  addresses: [{ street: '12 Lake St.', zip: '55802-1234' }],
};

/** The same child as another source sees it: without the number of the first. */
const elsewhere = (also: Partial<MatchableDemographics> = {}): MatchableDemographics => ({
  ...nora,
  identifiers: [{ authority: 'PRAIRIE', type: 'MR', value: '77' }],
  ...also,
});

const matchable = (demographics: MatchableDemographics, continues: readonly string[] = []): Matchable => ({
  demographics,
  continues,
  startsPerson: true,
});

const IDS = {
  nora: '00000000-0000-4000-8000-00000000000a',
  other: '00000000-0000-4000-8000-00000000000b',
  asked: '00000000-0000-4000-8000-00000000000c',
} as const;
type Name = keyof typeof IDS;

const register = (index: PersonIndex, name: Name): void =>
  index.apply(
    { type: 'PersonRegistered', data: { personId: IDS[name], provisional: false, candidates: [] } },
    undefined,
  );

const link = (index: PersonIndex, name: Name, submissionId: string, about: Matchable): void =>
  index.apply(
    {
      type: 'SubmissionLinked',
      data: {
        submissionId,
        personId: IDS[name],
        organizationId: 'o',
        clientId: 'c',
        receivedAt: '2026-01-01T00:00:00.000Z',
        explanation: { model: 'test', levels: {} },
      },
    },
    about,
  );

/** An index that knows these persons. */
const knowing = (persons: Partial<Record<Name, MatchableDemographics | Matchable>>): PersonIndex => {
  const index = new PersonIndex();
  for (const [name, about] of Object.entries(persons) as [Name, MatchableDemographics | Matchable][]) {
    register(index, name);
    link(
      index,
      name,
      IDS[name].replace('-4000-', '-5000-'),
      'startsPerson' in about ? about : matchable(about),
    );
  }
  return index;
};

const decide = (about: MatchableDemographics | Matchable, index: PersonIndex) =>
  fieldMatcher.decide('startsPerson' in about ? about : matchable(about), index);

describe('Linking by identifier', () => {
  const decideHere = (demographics: MatchableDemographics, index = knowing({ nora })) =>
    decide(demographics, index);

  it('matches with equal birth date and compatible first name', () => {
    expect(decideHere(nora)).toMatchObject({ kind: 'match', personId: IDS.nora });
    expect(decideHere({ ...nora, names: [{ family: 'Lind', given: 'NORA MAY' }] })).toMatchObject({
      kind: 'match',
    });
    expect(
      decideHere({ ...nora, identifiers: [{ authority: 'lake', type: 'MR', value: '1001 ' }] }),
    ).toMatchObject({
      kind: 'match',
    });
  });

  it('never links by an identifier alone', () => {
    expect(decideHere({ ...nora, birthDate: '2024-03-06' })).toMatchObject({
      kind: 'possible',
      candidates: [IDS.nora],
    });
    expect(decideHere({ ...nora, names: [{ family: 'Olson', given: 'Nils' }] })).toMatchObject({
      kind: 'possible',
    });
  });

  it('takes a number of another authority for another number', () => {
    expect(decideHere(elsewhere({ birthDate: '2024-03-06' }))).toMatchObject({ kind: 'new' });
  });

  it('leaves it to a human when several persons share the identifier', () => {
    expect(decideHere(nora, knowing({ nora, other: nora }))).toMatchObject({
      kind: 'possible',
      candidates: [IDS.nora, IDS.other],
    });
  });

  it('takes nobody of the same name past a person who is known from a request alone', () => {
    const index = new PersonIndex();
    register(index, 'asked');
    const resolved = {
      type: 'RequestResolved',
      data: { requestId: IDS.other, personId: IDS.asked, explanation: { model: 'test', levels: {} } },
    } as const;
    index.apply(resolved, matchable({ ...olson, identifiers: [] }));
    expect(decideHere(olson, index)).toMatchObject({ kind: 'possible', candidates: [IDS.asked] });
    expect(decideHere({ ...nora, names: [{ family: 'Olson', given: 'Nils' }] }, index)).toMatchObject({
      kind: 'new',
    });
  });

  it('explains without values', () => {
    expect(JSON.stringify(decideHere(nora))).not.toMatch(/Olson|1001|2024/);
  });
});

describe('Linking by name and birth date', () => {
  it.each([
    ['the mother', { mothersMaidenName: { family: 'LIND', given: 'Karin' } }],
    ['a phone', { phones: ['12185550142'] }],
    ['an address', { addresses: [{ street: '12 lake st', zip: '55802' }] }],
  ])('matches when %s agrees too', (_what, also) => {
    expect(decide(elsewhere(also), knowing({ nora: olson }))).toMatchObject({
      kind: 'match',
      personId: IDS.nora,
    });
  });

  it('leaves it to a human when nothing else agrees', () => {
    expect(decide(elsewhere(), knowing({ nora: olson }))).toMatchObject({
      kind: 'possible',
      candidates: [IDS.nora],
    });
  });

  it('leaves it to a human when several fit', () => {
    const other = { ...olson, identifiers: [] };
    expect(decide({ ...olson, identifiers: [] }, knowing({ nora: olson, other }))).toMatchObject({
      kind: 'possible',
    });
  });

  it.each([
    ['another first name', { names: [{ family: 'Olson', given: 'Nils' }] }],
    ['another last name', { names: [{ family: 'Lund', given: 'Nora' }] }],
    ['another birth date', { birthDate: '2024-03-06' }],
    [
      'another number of the same facility and nothing else',
      { identifiers: [{ authority: 'LAKE', type: 'MR', value: '9' }] },
    ],
  ])('takes somebody with %s for somebody else', (_what, also) => {
    expect(decide(elsewhere(also), knowing({ nora: olson }))).toMatchObject({ kind: 'new' });
  });

  it.each([
    [
      'twins whose names only begin alike',
      { multipleBirth: true, names: [{ family: 'Olson', given: 'Nora May' }] },
      {},
    ],
    [
      'twins of another place in the order of birth',
      { multipleBirth: true, birthOrder: 2 },
      { multipleBirth: true, birthOrder: 1 },
    ],
    ['another sex', { sex: 'M' }, { sex: 'F' }],
    [
      'another number of the same facility',
      { identifiers: nora.identifiers },
      { identifiers: [{ authority: 'LAKE', type: 'MR', value: '9' }] },
    ],
  ])('is never certain with %s', (_what, also, known) => {
    const about = elsewhere({ ...olson, identifiers: [], ...also });
    expect(decide(about, knowing({ nora: { ...olson, ...known } }))).toMatchObject({ kind: 'possible' });
  });

  it('is never certain with what stands where a name is missing', () => {
    const baby = { ...olson, names: [{ family: 'Olson', given: 'Baby Girl' }] };
    expect(decide({ ...baby, identifiers: [] }, knowing({ nora: baby }))).toMatchObject({ kind: 'possible' });
  });
});

describe('Versions of a vital record', () => {
  it('are one person, whatever their names and dates', () => {
    const index = knowing({ nora: matchable(nora, ['birth|office|123']) });
    const adopted = matchable(
      { identifiers: [], names: [{ family: 'Vang', given: 'Mai' }], birthDate: '2024-03-04' },
      ['birth|office|456', 'birth|office|123'],
    );
    expect(decide(adopted, index)).toMatchObject({ kind: 'match', personId: IDS.nora });
    expect(decide({ ...adopted, continues: ['birth|other office|123'] }, index)).toMatchObject({
      kind: 'new',
    });
  });
});

describe('The person of a request form', () => {
  it('is found by name and birth date', () => {
    expect(resolveForm({ ...nora, identifiers: [] }, knowing({ nora }))).toMatchObject({
      kind: 'match',
      personId: IDS.nora,
    });
  });

  it('is the one with the identifier on the form, if several have the name', () => {
    const namesake = { ...nora, identifiers: [{ authority: 'LAKE', type: 'MR', value: '2002' }] };
    const index = knowing({ nora, other: namesake });
    expect(resolveForm(nora, index)).toMatchObject({ kind: 'match', personId: IDS.nora });
    expect(resolveForm({ ...nora, identifiers: [] }, index)).toMatchObject({
      kind: 'possible',
      candidates: [IDS.nora, IDS.other],
    });
  });

  it('is new when nobody fits', () => {
    expect(resolveForm({ ...nora, birthDate: '2020-01-01' }, knowing({ nora }))).toMatchObject({
      kind: 'new',
    });
  });
});

describe('First names', () => {
  const compatible = (a: string, b: string) => compatibleFirstNames(normalizeName(a), normalizeName(b));

  it.each([
    ['Nora', 'NORA', true],
    ['Zoë', 'Zoe', true],
    ['Mary Ann', 'Mary', true],
    ['Chris', 'Christopher', true],
    ['Jayden', 'Kayden', false],
    ['Aiden', 'Aidan', false],
    ['A', 'Anna', false],
    ['', 'Anna', false],
  ])('%s and %s: %s', (a, b, expected) => {
    expect(compatible(a, b)).toBe(expected);
  });

  it('are compatible both ways round', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (a, b) => {
        expect(compatible(a, b)).toBe(compatible(b, a));
      }),
    );
  });
});
