import type { IdentityDecision } from './decisions.events.js';
import type { MatchableDemographics, MatchableIdentifier } from './matchable.js';
import { normalizeName } from './name-compatibility.js';

/** What the index keeps of one source of a person. */
export interface IndexedSource {
  readonly birthDate: string;
  readonly givenNames: readonly string[];
  readonly familyNames: readonly string[];
}

/**
 * Everybody the registry knows, in memory: a fold of `identity-decisions`, with the values of each linked source handed
 * in by whoever opened it. No read model takes part in linking.
 */
export class PersonIndex {
  private readonly sources = new Map<string, IndexedSource[]>();
  private readonly byIdentifier = new Map<string, Set<string>>();
  private readonly byBirthDateAndFamily = new Map<string, Set<string>>();
  private readonly decided = new Set<string>();
  /** Persons of whom there is a submission; the others are known from a request's form alone. */
  private readonly submitted = new Set<string>();

  /**
   * @param base an index that this one is laid over: it is seen through and never changed, so that a batch of decisions can be
   * tried before it is appended
   */
  constructor(private readonly base?: PersonIndex) {}

  /** @param demographics of the submission or form that the decision is about; undefined if it can't be opened any more */
  apply(decision: IdentityDecision, demographics: MatchableDemographics | undefined): void {
    switch (decision.type) {
      case 'PersonRegistered':
        this.sources.set(decision.data.personId, []);
        break;
      case 'SubmissionLinked':
        this.decided.add(decision.data.submissionId);
        this.submitted.add(decision.data.personId);
        if (demographics) this.add(decision.data.personId, demographics);
        break;
      case 'RequestResolved':
        this.decided.add(decision.data.requestId);
        if (demographics) this.add(decision.data.personId, demographics);
        break;
      case 'RequestAmbiguous':
        this.decided.add(decision.data.requestId);
        break;
    }
  }

  /** Was this submission or request decided already? */
  isDecided(id: string): boolean {
    return this.decided.has(id) || (this.base?.isDecided(id) ?? false);
  }

  /** Is this person known from a privacy request alone, without any submission? */
  isKnownByFormOnly(personId: string): boolean {
    return !this.submitted.has(personId) && (this.base?.isKnownByFormOnly(personId) ?? true);
  }

  /** How many persons are registered. */
  get size(): number {
    return this.sources.size + (this.base?.size ?? 0);
  }

  sourcesOf(personId: string): readonly IndexedSource[] {
    return [...(this.base?.sourcesOf(personId) ?? []), ...(this.sources.get(personId) ?? [])];
  }

  /** Persons who share at least one identifier (authority and value). */
  sharingIdentifier(identifiers: readonly MatchableIdentifier[]): Set<string> {
    const found = this.base?.sharingIdentifier(identifiers) ?? new Set<string>();
    for (const identifier of identifiers) {
      for (const personId of this.byIdentifier.get(identifierKey(identifier)) ?? []) found.add(personId);
    }
    return found;
  }

  /** Persons with this birth date and one of these last names. */
  sharingBirthDateAndFamily(demographics: MatchableDemographics): Set<string> {
    const found = this.base?.sharingBirthDateAndFamily(demographics) ?? new Set<string>();
    const { birthDate, names } = demographics;
    for (const { family } of names) {
      for (const personId of this.byBirthDateAndFamily.get(familyKey(birthDate, family)) ?? [])
        found.add(personId);
    }
    return found;
  }

  private add(personId: string, { identifiers, names, birthDate }: MatchableDemographics): void {
    const sources = this.sources.get(personId) ?? [];
    this.sources.set(personId, sources);
    const source: IndexedSource = {
      birthDate,
      givenNames: names.map((name) => name.given),
      familyNames: names.map((name) => name.family),
    };
    if (!sources.some((known) => sameSource(known, source))) sources.push(source);
    for (const identifier of identifiers) put(this.byIdentifier, identifierKey(identifier), personId);
    for (const { family } of names) put(this.byBirthDateAndFamily, familyKey(birthDate, family), personId);
  }
}

const identifierKey = ({ authority, value }: MatchableIdentifier): string =>
  `${authority.trim().toUpperCase()}|${value.trim().toUpperCase()}`;

const familyKey = (birthDate: string, family: string): string => `${birthDate}|${normalizeName(family)}`;

const put = (index: Map<string, Set<string>>, key: string, personId: string): void => {
  const persons = index.get(key);
  if (persons === undefined) index.set(key, new Set([personId]));
  else persons.add(personId);
};

const sameSource = (a: IndexedSource, b: IndexedSource): boolean =>
  a.birthDate === b.birthDate &&
  a.givenNames.join('|') === b.givenNames.join('|') &&
  a.familyNames.join('|') === b.familyNames.join('|');
