import { agrees } from './field-matcher.js';
import { indexedSourceOf, type IndexedSource } from './indexed-source.js';
import type { MatchableDemographics } from './matchable.js';
import type { MatchDecision } from './matcher.js';
import type { PersonIndex } from './person-index.js';

const MODEL = 'form-1';

/**
 * Which person does a request form name? By an identifier on the form where it has one that agrees, else by birth date, last name
 * and a compatible first name. Exactly one or none; several need staff (DOMAIN 4.1: a request names exactly one person).
 */
export const resolveForm = (form: MatchableDemographics, index: PersonIndex): MatchDecision => {
  const source = indexedSourceOf(form);
  const agreeing = (persons: Set<string>) =>
    [...persons].filter((personId) => agrees(source, index.sourcesOf(personId)));
  const byIdentifier = agreeing(index.sharingIdentifier(form.identifiers));
  const compatible = byIdentifier.length > 0 ? byIdentifier : agreeing(index.sharingBirthDateAndFamily(form));
  const exact = compatible.filter((personId) => hasFirstName(source, personId, index));
  // Whoever is called so is meant before whoever could be called so.
  const candidates = exact.length === 1 ? exact : compatible;
  const explanation = {
    model: MODEL,
    levels: { identifier: byIdentifier.length > 0 ? 'exact' : 'none', candidates: String(candidates.length) },
  };
  const [personId] = candidates;
  if (personId === undefined) return { kind: 'new', explanation };
  if (candidates.length > 1) return { kind: 'possible', candidates: candidates.sort(), explanation };
  return { kind: 'match', personId, explanation };
};

const hasFirstName = (source: IndexedSource, personId: string, index: PersonIndex): boolean =>
  index
    .sourcesOf(personId)
    .some(
      ({ birthDate, givenNames }) =>
        birthDate === source.birthDate && givenNames.some((name) => source.givenNames.includes(name)),
    );

/** The one part of a merged person that a form fits; undefined: it was not merged, or the form fits several or none of its parts alone. */
export const partNamedBy = (
  form: MatchableDemographics,
  personId: string,
  index: PersonIndex,
): string | undefined => {
  const parts = index.partsOf(personId);
  if (parts.length === 1) return undefined;
  const source = indexedSourceOf(form);
  const fitting = parts.filter((part) => agrees(source, index.ownSourcesOf(part)));
  return fitting.length === 1 ? fitting[0] : undefined;
};
