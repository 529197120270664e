import fc from 'fast-check';
import type { IdentityDecision } from './decisions.events.js';
import type { Matchable } from './matchable.js';
import { PersonIndex } from './person-index.js';

const uuid = (number: number): string => `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;
const explanation = { model: 'test', levels: {} };

const about = (number: number): Matchable => ({
  demographics: {
    identifiers: [{ authority: 'LAKE', type: 'MR', value: String(number % 7) }],
    names: [{ family: `Family ${number % 3}`, given: `Given ${number % 5}` }],
    birthDate: `2024-0${1 + (number % 2)}-01`,
    phones: [`218555000${number % 4}`],
  },
  continues: number % 4 === 0 ? [`birth|o|${number % 8}`] : [],
  startsPerson: true,
});

/** What can be asked of an index, asked about everything that `about` makes. */
const answers = (index: PersonIndex) =>
  Array.from({ length: 60 }, (_, number) => ({
    identifier: [...index.sharingIdentifier(about(number).demographics.identifiers)].sort(),
    name: [...index.sharingBirthDateAndFamily(about(number).demographics)].sort(),
    file: [...index.sharingFileNumber(about(number).continues)].sort(),
    waiting: index.waitingFor(about(number)).sort(),
    decided: index.isDecided(uuid(1_000 + number)),
    byForm: index.isKnownByFormOnly(uuid(number)),
    sources: index.sourcesOf(uuid(number)),
    size: index.size,
  }));

/** A person and a submission for each number; every third submission waits, some are matched later. */
const apply = (index: PersonIndex, numbers: readonly number[]): void => {
  for (const number of numbers) {
    for (const decision of decisionsOf(number, index)) index.apply(decision, about(number));
  }
};

const decisionsOf = (number: number, index: PersonIndex): IdentityDecision[] => {
  const [personId, submissionId] = [uuid(number % 40), uuid(1_000 + number)];
  if (index.isDecided(submissionId)) return [];
  if (number % 3 === 0) {
    return [{ type: 'SubmissionUnmatched', data: { submissionId, candidates: [], explanation } }];
  }
  const link = { personId, organizationId: 'o', clientId: 'c', receivedAt: '', explanation };
  const decisions: IdentityDecision[] = [{ type: 'SubmissionLinked', data: { submissionId, ...link } }];
  for (const waiting of index.waitingFor(about(number))) {
    decisions.push({
      type: 'RosterEntryMatched',
      data: { submissionId: waiting, from: '', through: '', ...link },
    });
  }
  if (index.sourcesOf(personId).length > 0) return decisions;
  return [{ type: 'PersonRegistered', data: { personId, provisional: false, candidates: [] } }, ...decisions];
};

const numbers = fc.array(fc.nat({ max: 59 }), { maxLength: 60 });

describe('The person index', () => {
  it('is after an undo as it was at the mark', () => {
    fc.assert(
      fc.property(numbers, numbers, numbers, (before, tried, after) => {
        const index = new PersonIndex();
        apply(index, before);
        index.settle();
        const expected = answers(index);
        const mark = index.mark();
        apply(index, tried);
        index.undo(mark);
        expect(answers(index)).toEqual(expected);
        // What is applied next is applied as if nothing had been tried.
        apply(index, after);
        const untried = new PersonIndex();
        apply(untried, before);
        apply(untried, after);
        expect(answers(index)).toEqual(answers(untried));
      }),
      { numRuns: 50 },
    );
  });

  it('holds many', () => {
    const index = new PersonIndex();
    const many = 5_000;
    for (let number = 0; number < many; number += 1) {
      index.apply(
        { type: 'PersonRegistered', data: { personId: uuid(number), provisional: false, candidates: [] } },
        undefined,
      );
      const link = {
        personId: uuid(number),
        organizationId: 'o',
        clientId: 'c',
        receivedAt: '',
        explanation,
      };
      const demographics = {
        identifiers: [{ authority: 'LAKE', type: 'MR', value: String(number) }],
        names: [{ family: `Family ${number}`, given: 'Nora' }],
        birthDate: '2024-03-05',
        sex: 'F',
        multipleBirth: true,
        birthOrder: 2,
      };
      index.apply(
        { type: 'SubmissionLinked', data: { submissionId: uuid(many + number), ...link } },
        { demographics, continues: [], startsPerson: true },
      );
    }
    for (const number of [0, 1, 1_023, 1_024, 4_999]) {
      expect([
        ...index.sharingIdentifier([{ authority: 'lake', type: 'MR', value: String(number) }]),
      ]).toEqual([uuid(number)]);
      expect(index.sourcesOf(uuid(number))).toMatchObject([
        { birthDate: '2024-03-05', givenNames: ['NORA'], sex: 'F', multipleBirth: true, birthOrder: 2 },
      ]);
    }
    expect(index.size).toBe(many);
  });
});
