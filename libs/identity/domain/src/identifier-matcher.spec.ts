import fc from 'fast-check';
import { resolveForm } from './form-resolution.js';
import { identifierMatcher } from './identifier-matcher.js';
import type { MatchableDemographics } from './matchable.js';
import { compatibleFirstNames } from './name-compatibility.js';
import { PersonIndex } from './person-index.js';

const nora: MatchableDemographics = {
  identifiers: [{ authority: 'LAKE', type: 'MR', value: '1001' }],
  names: [{ family: 'Olson', given: 'Nora' }],
  birthDate: '2024-03-05',
};

/** An index that knows these persons, by id. */
const knowing = (persons: Readonly<Record<string, MatchableDemographics>>): PersonIndex => {
  const index = new PersonIndex();
  for (const [personId, demographics] of Object.entries(persons)) {
    index.apply(
      { type: 'PersonRegistered', data: { personId, provisional: false, candidates: [] } },
      undefined,
    );
    index.apply(
      {
        type: 'SubmissionLinked',
        data: {
          submissionId: `submission of ${personId}`,
          personId,
          organizationId: 'o',
          clientId: 'c',
          receivedAt: '2026-01-01T00:00:00.000Z',
          explanation: { model: 'test', levels: {} },
        },
      },
      demographics,
    );
  }
  return index;
};

describe('Linking by identifier', () => {
  const decide = (demographics: MatchableDemographics, index = knowing({ nora })) =>
    identifierMatcher.decide(demographics, index);

  it('matches with equal birth date and compatible first name', () => {
    expect(decide(nora)).toMatchObject({ kind: 'match', personId: 'nora' });
    expect(decide({ ...nora, names: [{ family: 'Lind', given: 'NORA MAY' }] })).toMatchObject({
      kind: 'match',
    });
    expect(
      decide({ ...nora, identifiers: [{ authority: 'lake', type: 'MR', value: '1001 ' }] }),
    ).toMatchObject({
      kind: 'match',
    });
  });

  it('never links by an identifier alone', () => {
    expect(decide({ ...nora, birthDate: '2024-03-06' })).toMatchObject({
      kind: 'possible',
      candidates: ['nora'],
    });
    expect(decide({ ...nora, names: [{ family: 'Olson', given: 'Nils' }] })).toMatchObject({
      kind: 'possible',
    });
  });

  it('takes an identifier of another authority for another', () => {
    expect(
      decide({ ...nora, identifiers: [{ authority: 'PRAIRIE', type: 'MR', value: '1001' }] }),
    ).toMatchObject({
      kind: 'new',
    });
  });

  it('leaves it to a human when several persons share the identifier', () => {
    expect(decide(nora, knowing({ nora, other: nora }))).toMatchObject({
      kind: 'possible',
      candidates: ['nora', 'other'],
    });
  });

  it('takes nobody of the same name past a person who is known from a request alone', () => {
    const index = new PersonIndex();
    index.apply(
      { type: 'PersonRegistered', data: { personId: 'asked', provisional: false, candidates: [] } },
      undefined,
    );
    const resolved = {
      type: 'RequestResolved',
      data: { requestId: 'r', personId: 'asked', explanation: { model: 'test', levels: {} } },
    } as const;
    index.apply(resolved, { ...nora, identifiers: [] });
    expect(decide(nora, index)).toMatchObject({ kind: 'possible', candidates: ['asked'] });
    expect(decide({ ...nora, names: [{ family: 'Olson', given: 'Nils' }] }, index)).toMatchObject({
      kind: 'new',
    });
    expect(decide({ ...nora, identifiers: [{ authority: 'P', type: 'MR', value: '7' }] })).toMatchObject({
      kind: 'new',
    });
  });

  it('explains without values', () => {
    expect(JSON.stringify(decide(nora))).not.toMatch(/Olson|1001|2024/);
  });
});

describe('The person of a request form', () => {
  it('is found by name and birth date', () => {
    expect(resolveForm({ ...nora, identifiers: [] }, knowing({ nora }))).toMatchObject({
      kind: 'match',
      personId: 'nora',
    });
  });

  it('is the one with the identifier on the form, if several have the name', () => {
    const namesake = { ...nora, identifiers: [{ authority: 'LAKE', type: 'MR', value: '2002' }] };
    const index = knowing({ nora, namesake });
    expect(resolveForm(nora, index)).toMatchObject({ kind: 'match', personId: 'nora' });
    expect(resolveForm({ ...nora, identifiers: [] }, index)).toMatchObject({
      kind: 'possible',
      candidates: ['namesake', 'nora'],
    });
  });

  it('is new when nobody fits', () => {
    expect(resolveForm({ ...nora, birthDate: '2020-01-01' }, knowing({ nora }))).toMatchObject({
      kind: 'new',
    });
  });
});

describe('First names', () => {
  it.each([
    ['Nora', 'NORA', true],
    ['Zoë', 'Zoe', true],
    ['Mary Ann', 'Mary', true],
    ['Chris', 'Christopher', true],
    ['Jayden', 'Kayden', false],
    ['Aiden', 'Aidan', false],
    ['A', 'Anna', false],
    ['', 'Anna', false],
  ])('%s and %s: %s', (a, b, compatible) => {
    expect(compatibleFirstNames(a, b)).toBe(compatible);
  });

  it('are compatible both ways round', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (a, b) => {
        expect(compatibleFirstNames(a, b)).toBe(compatibleFirstNames(b, a));
      }),
    );
  });
});

describe('An index laid over another', () => {
  it('answers as one that holds both, and leaves the lower one alone', () => {
    const base = knowing({ nora });
    const over = new PersonIndex(base);
    const nils = { ...nora, names: [{ family: 'Olson', given: 'Nils' }] };
    over.apply(
      { type: 'PersonRegistered', data: { personId: 'nils', provisional: true, candidates: ['nora'] } },
      nils,
    );
    over.apply(
      {
        type: 'RequestResolved',
        data: { requestId: 'r', personId: 'nils', explanation: { model: 'test', levels: {} } },
      },
      nils,
    );
    expect([...over.sharingIdentifier(nora.identifiers)].sort()).toEqual(['nils', 'nora']);
    expect([...over.sharingBirthDateAndFamily(nora)].sort()).toEqual(['nils', 'nora']);
    expect([over.isDecided('r'), over.size]).toEqual([true, 2]);
    expect([...base.sharingIdentifier(nora.identifiers)]).toEqual(['nora']);
    expect([base.isDecided('r'), base.size]).toEqual([false, 1]);
  });
});
