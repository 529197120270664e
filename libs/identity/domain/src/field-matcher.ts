import { indexedSourceOf, type IndexedSource } from './indexed-source.js';
import type { Matchable, MatchableDemographics } from './matchable.js';
import type { Explanation, MatchDecision, Matcher } from './matcher.js';
import { compatibleFirstNames, isPlaceholderName, normalizeName } from './name-compatibility.js';
import type { PersonIndex } from './person-index.js';

const MODEL = 'fields-2';

/**
 * Links by what DOMAIN.md calls a certain match: birth date equal, first name compatible, no guard fires, and
 * - a version of the same vital record, or
 * - an identifier (authority and value), or
 * - two of last name, mother, phone and address.
 *
 * Whoever may be the person and is not certain to be is a possible match: an identifier alone never links, nor does a name (DOMAIN 5).
 */
export const fieldMatcher: Matcher = {
  decide(about: Matchable, index: PersonIndex): MatchDecision {
    const continued = [...index.sharingFileNumber(about.continues)];
    const [person] = continued;
    // The office itself says whose record this is a version of: its new names and dates are the point of it.
    if (person !== undefined && continued.length === 1) {
      return { kind: 'match', personId: person, explanation: explain({ by: 'file-number' }) };
    }
    const { demographics } = about;
    const source = indexedSourceOf(demographics);
    const sharing = index.sharingIdentifier(demographics.identifiers);
    const namesakes = sharing.size > 0 ? undefined : namesakesOf(demographics, source, index);
    const decision =
      namesakes === undefined ? byIdentifier([...sharing], source, index) : byName(source, namesakes, index);
    if (decision.kind === 'match' || !about.startsPerson) return decision;
    return withSimilar(decision, namesakes ?? namesakesOf(demographics, source, index));
  },
};

/** Persons of the same birth date, and what is known of them. */
interface Namesakes {
  /** Of the same last name. */
  readonly family: readonly Known[];
  /** Of another last name and a compatible first one. */
  readonly firstName: readonly Known[];
}

interface Known {
  readonly personId: string;
  readonly sources: readonly IndexedSource[];
}

/** Whoever is born on that day is many, the fuller the registry: looked at once, and no further if the first name does not agree. */
const namesakesOf = (
  demographics: MatchableDemographics,
  source: IndexedSource,
  index: PersonIndex,
): Namesakes => {
  const known = (personId: string): Known => ({ personId, sources: index.sourcesOf(personId) });
  const family = index.sharingBirthDateAndFamily(demographics);
  return {
    family: [...family].map(known),
    firstName: [...index.sharingBirthDateAndFirstName(demographics)]
      .filter((personId) => !family.has(personId))
      .map(known)
      .filter(({ sources }) => agrees(source, sources)),
  };
};

/** Those who matter only where one of them is not to be seen (`Matcher`). */
const withSimilar = (
  decision: Exclude<MatchDecision, { kind: 'match' }>,
  { family, firstName }: Namesakes,
): MatchDecision => {
  const candidates = decision.kind === 'possible' ? decision.candidates : [];
  const similar = [...family, ...firstName]
    .map(({ personId }) => personId)
    .filter((personId) => !candidates.includes(personId));
  return similar.length === 0 ? decision : { ...decision, similar: similar.sort() };
};

const byIdentifier = (
  sharing: readonly string[],
  source: IndexedSource,
  index: PersonIndex,
): MatchDecision => {
  const comparisons = sharing.map((personId) =>
    comparisonWith({ personId, sources: index.sourcesOf(personId) }, source),
  );
  const [only] = comparisons;
  if (comparisons.length === 1 && only?.agrees === true && only.guard === 'none') {
    return {
      kind: 'match',
      personId: only.personId,
      explanation: explain({
        by: 'identifier',
        identifier: 'exact',
        birthDate: 'exact',
        firstName: 'compatible',
      }),
    };
  }
  return {
    kind: 'possible',
    candidates: [...sharing].sort(),
    explanation: explain({
      by: 'identifier',
      identifier: sharing.length > 1 ? 'shared-by-several' : 'exact',
      birthDate: comparisons.some(({ sameBirthDate }) => sameBirthDate) ? 'exact' : 'different',
      firstName: comparisons.some(({ agrees }) => agrees) ? 'compatible' : 'different',
      guard: only?.guard ?? 'none',
    }),
  };
};

const byName = (
  source: IndexedSource,
  { family, firstName }: Namesakes,
  index: PersonIndex,
): MatchDecision => {
  const compared = (persons: readonly Known[]) =>
    persons
      .map((person) => comparisonWith(person, source))
      // Two of one facility's numbers are two persons, unless something beside the name says otherwise.
      .filter(
        ({ agrees, guard, corroboration }) =>
          agrees && (guard !== 'other-number' || corroboration.length > 0),
      );
  const candidates = [
    ...compared(family).map((comparison) => ({ ...comparison, lastName: 'exact' })),
    // Of another last name: two other fields must agree, or it is nobody's business here.
    ...compared(firstName)
      .filter(({ corroboration }) => corroboration.length > 1)
      .map((comparison) => ({ ...comparison, lastName: 'different' })),
  ];
  const only = candidates.length === 1 ? candidates[0] : certainAmong(candidates, index);
  const shown = only ?? candidates[0];
  if (shown === undefined) return { kind: 'new', explanation: explain({ by: 'name', candidates: '0' }) };
  const explanation = explain({
    by: 'name',
    candidates: String(candidates.length),
    birthDate: 'exact',
    lastName: shown.lastName,
    firstName: 'compatible',
    corroboration: shown.corroboration.join('+') || 'none',
    guard: shown.guard,
  });
  if (
    only !== undefined &&
    only.guard === 'none' &&
    only.corroboration.length > 0 &&
    !index.isKnownByFormOnly(only.personId)
  ) {
    return { kind: 'match', personId: only.personId, explanation };
  }
  return { kind: 'possible', candidates: candidates.map(({ personId }) => personId).sort(), explanation };
};

/** The one with whom something agrees beside the names, if somebody found before that the others are others. */
const certainAmong = <Candidate extends Comparison>(
  candidates: readonly Candidate[],
  index: PersonIndex,
): Candidate | undefined => {
  const [certain, ...more] = candidates.filter(({ corroboration }) => corroboration.length > 0);
  if (certain === undefined || more.length > 0) return undefined;
  const apart = candidates.every(
    ({ personId }) => personId === certain.personId || index.areKeptApart(personId, certain.personId),
  );
  return apart ? certain : undefined;
};

/** What keeps a match from being certain (DOMAIN 3.4). */
type Guard = 'none' | 'other-number' | 'twin' | 'placeholder' | 'sex';

interface Comparison {
  readonly personId: string;
  readonly sameBirthDate: boolean;
  /** Birth date equal and first name compatible, within one source. */
  readonly agrees: boolean;
  readonly guard: Guard;
  readonly corroboration: readonly ('mother' | 'phone' | 'address')[];
}

const comparisonWith = ({ personId, sources: known }: Known, source: IndexedSource): Comparison => ({
  personId,
  sameBirthDate: known.some(({ birthDate }) => birthDate === source.birthDate),
  agrees: agrees(source, known),
  guard: guardBetween(source, known),
  corroboration: (['mother', 'phone', 'address'] as const).filter((field) =>
    known.some((other) =>
      other.corroborators[field].some((value) => source.corroborators[field].includes(value)),
    ),
  ),
});

/** Is there a source with this birth date and a compatible first name? */
export const agrees = (about: IndexedSource, sources: readonly IndexedSource[]): boolean =>
  sources.some(
    (source) =>
      source.birthDate === about.birthDate &&
      source.givenNames.some((known) => about.givenNames.some((name) => compatibleFirstNames(known, name))),
  );

const guardBetween = (source: IndexedSource, known: readonly IndexedSource[]): Guard => {
  if (source.givenNames.every(isPlaceholderName)) return 'placeholder';
  if (known.some((other) => twins(source, other))) return 'twin';
  if (known.some((other) => source.sex !== undefined && other.sex !== undefined && other.sex !== source.sex))
    return 'sex';
  if (hasOtherNumber(source, known)) return 'other-number';
  return 'none';
};

/** Of a multiple birth only the same first name is the same child, and no other place in the order of birth. */
const twins = (a: IndexedSource, b: IndexedSource): boolean => {
  if (!a.multipleBirth && !b.multipleBirth) return false;
  if (a.birthOrder !== undefined && b.birthOrder !== undefined && a.birthOrder !== b.birthOrder) return true;
  return !a.givenNames.some((name) => b.givenNames.includes(normalizeName(name)));
};

/** Does a facility or register that gave the person a number call this one by another, and never by the same? */
const hasOtherNumber = (source: IndexedSource, known: readonly IndexedSource[]): boolean =>
  source.numbers.some(({ authority, value }) => {
    const same = known.flatMap((other) => other.numbers).filter((number) => number.authority === authority);
    return same.length > 0 && !same.some((number) => number.value === value);
  });

const explain = (levels: Explanation['levels']): Explanation => ({ model: MODEL, levels });
