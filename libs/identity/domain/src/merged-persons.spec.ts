import fc from 'fast-check';
import type { IdentityDecision } from './decisions.events.js';
import { fieldMatcher } from './field-matcher.js';
import { partNamedBy } from './form-resolution.js';
import type { Matchable, MatchableDemographics } from './matchable.js';
import { PersonIndex } from './person-index.js';

const uuid = (number: number): string => `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;
const [P, Q, R] = [uuid(1), uuid(2), uuid(3)] as const;
const MERGE = uuid(90);

const person = (authority: string, value: string, given = 'Nora'): Matchable => ({
  demographics: {
    identifiers: [{ authority, type: 'MR', value }],
    names: [{ family: 'Olson', given }],
    birthDate: '2024-03-05',
  },
  continues: [],
  startsPerson: true,
});

let submissions = 100;
const register = (index: PersonIndex, personId: string, revision = 0): void =>
  index.apply(
    { type: 'PersonRegistered', data: { personId, provisional: false, candidates: [] } },
    undefined,
    revision,
  );
const link = (index: PersonIndex, personId: string, about: Matchable): string => {
  const submissionId = uuid((submissions += 1));
  index.apply(
    {
      type: 'SubmissionLinked',
      data: {
        submissionId,
        personId,
        organizationId: 'o',
        clientId: 'c',
        receivedAt: '2026-01-01T00:00:00.000Z',
        explanation: { model: 'test', levels: {} },
      },
    },
    about,
  );
  return submissionId;
};
const merged = (absorbedId: string, survivorId: string, mergeId = MERGE): IdentityDecision => ({
  type: 'PersonsMerged',
  data: { mergeId, survivorId, absorbedId },
});

/** Two persons, each known by a number of its own clinic. */
const twoPersons = (): PersonIndex => {
  const index = new PersonIndex();
  for (const [personId, authority] of [
    [P, 'PRAIRIE'],
    [Q, 'LAKE'],
  ] as const) {
    register(index, personId);
    link(index, personId, person(authority, '1'));
  }
  return index;
};
const numbersOf = (index: PersonIndex, personId: string) => index.sourcesOf(personId).length;
const sharing = (index: PersonIndex, authority: string, value: string) =>
  [...index.sharingIdentifier(person(authority, value).demographics.identifiers)].sort();

describe('Merged persons', () => {
  it('are one, found by what either was found by', () => {
    const index = twoPersons();
    index.apply(merged(P, Q), undefined);
    expect(index.survivorOf(P)).toBe(Q);
    expect(numbersOf(index, Q)).toBe(2);
    expect(sharing(index, 'PRAIRIE', '1')).toEqual([Q]);
    const decision = fieldMatcher.decide(person('PRAIRIE', '1'), index);
    expect(decision).toMatchObject({ kind: 'match', personId: Q });
  });

  it('are two again as they were, and what came meanwhile goes where its number says', () => {
    const index = twoPersons();
    index.apply(merged(P, Q), undefined);
    const ofP = person('PRAIRIE', '1', 'Nora Jane');
    const [relinked, stays, nobodys, both] = [
      link(index, Q, ofP),
      link(index, Q, person('LAKE', '1', 'Nora Ann')),
      link(index, Q, person('ELSEWHERE', '7', 'Nora Lee')),
      link(index, Q, {
        ...ofP,
        demographics: {
          ...ofP.demographics,
          identifiers: [...ofP.demographics.identifiers, { authority: 'LAKE', type: 'MR', value: '1' }],
        },
      }),
    ];
    const parting = index.partingOf(MERGE);
    expect(parting).toMatchObject({ survivorId: Q, absorbedId: P, relinked: [relinked] });
    expect(parting?.unassigned.map(({ submissionId }) => submissionId)).toEqual([nobodys, both]);
    expect(stays).toBeDefined();
    if (parting === undefined) return;
    index.apply(
      { type: 'PersonsUnmerged', data: { mergeId: MERGE, ...parting } },
      undefined,
      9,
      new Map([[relinked, ofP]]),
    );
    expect(index.survivorOf(P)).toBe(P);
    expect(index.sourcesOf(P).map(({ givenNames }) => givenNames)).toEqual([['NORA'], ['NORA JANE']]);
    expect(index.sourcesOf(Q).map(({ givenNames }) => givenNames)).toEqual([['NORA'], ['NORA ANN']]);
    expect(sharing(index, 'PRAIRIE', '1')).toEqual([P]);
    expect(sharing(index, 'ELSEWHERE', '7')).toEqual([]);
    expect(index.isUnassigned(nobodys)).toBe(true);
    expect(index.partingOf(MERGE)).toBeUndefined();

    const assignment = {
      reviewId: 'v',
      submissionId: nobodys,
      personId: P,
      organizationId: 'o',
      receivedAt: '2026-01-01T00:00:00.000Z',
    };
    index.apply({ type: 'SubmissionAssigned', data: assignment }, person('ELSEWHERE', '7', 'Nora Lee'));
    expect(index.isUnassigned(nobodys)).toBe(false);
    expect(sharing(index, 'ELSEWHERE', '7')).toEqual([P]);
  });

  it('say which part a form fits', () => {
    const index = new PersonIndex();
    register(index, P);
    register(index, Q);
    link(index, P, person('PRAIRIE', '1', 'Nora'));
    link(index, Q, person('LAKE', '1', 'Ingrid'));
    index.apply(merged(P, Q), undefined);
    const form = (given: string): MatchableDemographics => person('NONE', '0', given).demographics;
    expect(partNamedBy(form('Nora'), Q, index)).toBe(P);
    expect(partNamedBy(form('Ingrid'), Q, index)).toBe(Q);
    expect(partNamedBy(form('Somebody'), Q, index)).toBeUndefined();
    expect(partNamedBy(form('Nora'), R, index)).toBeUndefined();
  });

  it('are parted in any order, each exactly', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray([0, 1, 2], { minLength: 3 }), (order) => {
        const index = new PersonIndex();
        const ids = [uuid(11), uuid(12), uuid(13), uuid(14)];
        for (const [number, personId] of ids.entries()) {
          register(index, personId);
          link(index, personId, person(`A${number}`, '1'));
        }
        const [survivor = ''] = ids;
        for (const number of [0, 1, 2])
          index.apply(merged(ids[number + 1] ?? '', survivor, uuid(50 + number)), undefined);
        expect(numbersOf(index, survivor)).toBe(4);
        for (const number of order) {
          const parting = index.partingOf(uuid(50 + number));
          if (parting === undefined) throw new Error('It stands');
          expect(parting).toMatchObject({ relinked: [], unassigned: [] });
          index.apply(
            { type: 'PersonsUnmerged', data: { mergeId: uuid(50 + number), ...parting } },
            undefined,
          );
        }
        for (const [number, personId] of ids.entries()) {
          expect(sharing(index, `A${number}`, '1')).toEqual([personId]);
          expect(numbersOf(index, personId)).toBe(1);
        }
      }),
    );
  });

  it('are taken back with the batch that merged or parted them', () => {
    const index = twoPersons();
    const look = () => [
      index.survivorOf(P),
      numbersOf(index, P),
      numbersOf(index, Q),
      sharing(index, 'PRAIRIE', '1'),
      index.areKeptApart(P, Q),
    ];
    const before = look();
    index.settle();
    const mark = index.mark();
    index.apply(merged(P, Q), undefined);
    link(index, Q, person('ELSEWHERE', '7'));
    const parting = index.partingOf(MERGE);
    if (parting === undefined) throw new Error('It stands');
    index.apply({ type: 'PersonsUnmerged', data: { mergeId: MERGE, ...parting } }, undefined);
    index.apply({ type: 'PersonKeptApart', data: { personId: P, others: [Q], reviewId: 'v' } }, undefined);
    expect(index.areKeptApart(Q, P)).toBe(true);
    index.undo(mark);
    expect(look()).toEqual(before);
    expect(index.partingOf(MERGE)).toBeUndefined();
  });

  it('that somebody kept apart are not asked about again where one is certain', () => {
    const index = new PersonIndex();
    const at = (street: string): Matchable => {
      const about = person(`N${street}`, '1');
      return { ...about, demographics: { ...about.demographics, addresses: [{ street, zip: '55802' }] } };
    };
    for (const [personId, street] of [
      [P, '1 Elm'],
      [Q, '2 Oak'],
    ] as const) {
      register(index, personId);
      link(index, personId, at(street));
    }
    const again = { ...at('1 Elm'), demographics: { ...at('1 Elm').demographics, identifiers: [] } };
    expect(fieldMatcher.decide(again, index)).toMatchObject({ kind: 'possible', candidates: [P, Q] });
    index.apply({ type: 'PersonKeptApart', data: { personId: P, others: [Q], reviewId: 'v' } }, undefined);
    expect(fieldMatcher.decide(again, index)).toMatchObject({ kind: 'match', personId: P });
  });
});

describe('Who is similar', () => {
  const known = (given: string, family = 'Olson'): PersonIndex => {
    const index = new PersonIndex();
    register(index, P);
    link(index, P, {
      ...person('LAKE', '1'),
      demographics: { ...person('LAKE', '1', given).demographics, names: [{ family, given }] },
    });
    return index;
  };
  const decide = (index: PersonIndex, given: string, family = 'Olson') =>
    fieldMatcher.decide(
      {
        ...person('NEW', '5'),
        demographics: { ...person('NEW', '5').demographics, names: [{ family, given }] },
      },
      index,
    );

  it('has the same birth date and last name, or a first name that could be the same', () => {
    expect(decide(known('Ingrid'), 'Nora')).toMatchObject({ kind: 'new', similar: [P] });
    expect(decide(known('William', 'Berg'), 'Bill')).toMatchObject({ kind: 'new', similar: [P] });
    expect(decide(known('Christopher', 'Berg'), 'Chris')).toMatchObject({ kind: 'new', similar: [P] });
    expect(decide(known('Ingrid', 'Berg'), 'Nora')).not.toHaveProperty('similar');
  });

  it('is a candidate where the last name is the same, too', () => {
    expect(decide(known('William'), 'Bill')).toMatchObject({ kind: 'possible', candidates: [P] });
    expect(decide(known('William'), 'Bill')).not.toHaveProperty('similar');
  });

  it('is certain with another last name only if two other fields agree', () => {
    const at = (family: string, more: Partial<MatchableDemographics>): Matchable => {
      const about = person(family, '1');
      return {
        ...about,
        demographics: { ...about.demographics, names: [{ family, given: 'Nora' }], ...more },
      };
    };
    const home = { addresses: [{ street: '1 Elm', zip: '55802' }], phones: ['2185550142'] };
    const index = new PersonIndex();
    register(index, P);
    link(index, P, at('Olson', home));
    expect(fieldMatcher.decide(at('Berg', home), index)).toMatchObject({ kind: 'match', personId: P });
    expect(fieldMatcher.decide(at('Berg', { phones: home.phones }), index)).toMatchObject({
      kind: 'new',
      similar: [P],
    });
  });
});
