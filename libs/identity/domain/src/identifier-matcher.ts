import type { MatchableDemographics } from './matchable.js';
import type { Explanation, MatchDecision, Matcher } from './matcher.js';
import { compatibleFirstNames } from './name-compatibility.js';
import type { IndexedSource, PersonIndex } from './person-index.js';

const MODEL = 'identifier-1';

/**
 * Links by identifier (authority and value) with equal birth date and a compatible first name. A shared identifier
 * without these is a possible match: an identifier alone never links (DOMAIN 5). So is somebody with the name and birth date
 * of a person known from a privacy request alone. Anything else is a new person.
 */
export const identifierMatcher: Matcher = {
  decide(demographics: MatchableDemographics, index: PersonIndex): MatchDecision {
    const sharing = [...index.sharingIdentifier(demographics.identifiers)];
    if (sharing.length === 0) return withoutIdentifier(demographics, index);

    const agreeing = sharing.filter((personId) => agrees(demographics, index.sourcesOf(personId)));
    const [personId] = agreeing;
    if (personId !== undefined && agreeing.length === 1 && sharing.length === 1) {
      return { kind: 'match', personId, explanation: explain('exact', 'exact', 'compatible') };
    }
    return {
      kind: 'possible',
      candidates: sharing.sort(),
      explanation: explain(
        sharing.length > 1 ? 'shared-by-several' : 'exact',
        sharing.some((id) => sameBirthDate(demographics, index.sourcesOf(id))) ? 'exact' : 'different',
        agreeing.length > 0 ? 'compatible' : 'different',
      ),
    };
  },
};

/**
 * A request can take effect before there is a record (DOMAIN 4.3): whom it named has no identifier to be linked by. Somebody of that name
 * and birth date may be that person, and must not go past unseen.
 */
const withoutIdentifier = (demographics: MatchableDemographics, index: PersonIndex): MatchDecision => {
  const named = [...index.sharingBirthDateAndFamily(demographics)].filter(
    (personId) => index.isKnownByFormOnly(personId) && agrees(demographics, index.sourcesOf(personId)),
  );
  if (named.length === 0) return { kind: 'new', explanation: explain('none', 'missing', 'missing') };
  return { kind: 'possible', candidates: named.sort(), explanation: explain('none', 'exact', 'compatible') };
};

export const agrees = (demographics: MatchableDemographics, sources: readonly IndexedSource[]): boolean =>
  sources.some(
    (source) =>
      source.birthDate === demographics.birthDate &&
      source.givenNames.some((known) =>
        demographics.names.some((name) => compatibleFirstNames(known, name.given)),
      ),
  );

const sameBirthDate = (demographics: MatchableDemographics, sources: readonly IndexedSource[]): boolean =>
  sources.some((source) => source.birthDate === demographics.birthDate);

const explain = (identifier: string, birthDate: string, firstName: string): Explanation => ({
  model: MODEL,
  levels: { identifier, birthDate, firstName },
});
