import type { IdentityDecision, UnassignedLink } from './decisions.events.js';
import { indexedSourceOf, type IndexedSource, type UniqueNumber } from './indexed-source.js';
import { KeyTable } from './key-table.js';
import type { Matchable, MatchableDemographics, MatchableIdentifier } from './matchable.js';
import { MergedPersons, numberKey } from './merged-persons.js';
import { firstNameKeys, normalizeName } from './name-compatibility.js';
import { SourcePool } from './source-pool.js';
import { grown, UuidTable } from './uuid-table.js';
import { WatchList, type Birth } from './watch-list.js';

/** Where the index stood: what came after can be taken back. */
export interface IndexMark {
  readonly persons: number;
  readonly decided: number;
  readonly waiting: number;
  readonly sources: number;
  readonly entries: readonly number[];
  readonly firstSubmissions: number;
  readonly answers: number;
  readonly merged: number;
  readonly watched: number;
}

/** How the submissions linked to a survivor while it was merged part (DESIGN.md, Merge is privacy first). */
export interface Parting {
  readonly survivorId: string;
  readonly absorbedId: string;
  /** By facility and number the absorbed person's. */
  readonly relinked: readonly string[];
  /** Nobody knows whose. */
  readonly unassigned: readonly UnassignedLink[];
}

/**
 * Everybody the registry knows, in memory: a fold of `identity-decisions`, with the values of each linked source handed
 * in by whoever opened it. No read model takes part in linking.
 *
 * Typed arrays hold it, because a state has millions of persons. A batch of decisions is tried on it before it is appended: `mark`, apply, and
 * `undo` if the append fails.
 */
export class PersonIndex {
  private readonly persons = new UuidTable();
  private readonly decided = new UuidTable();
  private readonly sources = new SourcePool();
  private readonly byIdentifier = new KeyTable();
  private readonly byName = new KeyTable();
  private readonly byFirstName = new KeyTable();
  private readonly byFileNumber = new KeyTable();
  private readonly merged = new MergedPersons();
  private readonly watchList = new WatchList();
  /** By person: revision of `identity-decisions` at which it was registered. */
  private registered = new Float64Array(1_024);
  /** Submissions of nobody known, and the names and file numbers that they wait for. */
  private readonly waiting = new UuidTable();
  private readonly waitingByKey = new KeyTable();
  /** By number of a waiting submission: was it matched since? */
  private answered = new Uint8Array(1_024);
  private readonly answers: number[] = [];
  /** By person: is there a submission? Of the others only a request's form is known. */
  private submitted = new Uint8Array(1_024);
  /** Persons in the order of their first submissions, for `undo`. */
  private readonly firstSubmissions: number[] = [];

  /**
   * @param about what the decision is about; undefined if it can't be opened any more
   * @param revision of the decision in its stream, as far as it is known
   * @param relinked of an un-merge, what the submissions are about that change their person
   */
  apply(
    decision: IdentityDecision,
    about: Matchable | undefined,
    revision = 0,
    relinked: ReadonlyMap<string, Matchable> = new Map(),
  ): void {
    switch (decision.type) {
      case 'PersonRegistered':
        this.noteRegistered(this.persons.add(decision.data.personId), revision);
        break;
      case 'SubmissionLinked': {
        const { submissionId, personId } = decision.data;
        this.note(submissionId);
        this.answer(submissionId);
        this.link(decision.data, this.persons.indexOf(personId), about);
        break;
      }
      case 'PersonsMerged': {
        const { mergeId, survivorId, absorbedId } = decision.data;
        this.note(mergeId);
        const [survivor, absorbed] = [this.persons.indexOf(survivorId), this.persons.indexOf(absorbedId)];
        this.merged.merge({
          mergeId,
          survivor,
          absorbed,
          survivorNumbers: this.numbersOf(survivor),
          absorbedNumbers: this.numbersOf(absorbed),
        });
        break;
      }
      case 'PersonsUnmerged': {
        const { mergeId, absorbedId, relinked: moved, unassigned } = decision.data;
        const merge = this.merged.get(mergeId);
        if (merge === undefined) break;
        const left = unassigned.map(({ submissionId }) => submissionId);
        const links = this.merged.linksSince(merge);
        this.merged.unmerge(merge, new Set([...moved, ...left]));
        this.merged.leaveUnassigned(left);
        const absorbed = this.persons.indexOf(absorbedId);
        for (const link of links.filter(({ submissionId }) => moved.includes(submissionId)))
          this.link(link, absorbed, relinked.get(link.submissionId));
        break;
      }
      case 'SubmissionAssigned': {
        const { submissionId, personId } = decision.data;
        this.merged.assign(submissionId);
        this.link(decision.data, this.persons.indexOf(personId), about);
        break;
      }
      case 'PersonKeptApart': {
        const { personId, others } = decision.data;
        this.merged.keepApart(
          this.persons.indexOf(personId),
          others.map((other) => this.persons.indexOf(other)),
        );
        break;
      }
      case 'UnmergeRefused':
        this.note(decision.data.orderId);
        break;
      case 'RequestWatched':
        this.note(decision.data.requestId);
        if (about?.watched) this.watchList.watch(decision.data.requestId, about.watched);
        break;
      case 'RequestResolved':
        this.note(decision.data.requestId);
        this.watchList.end(decision.data.requestId);
        // The form of an unborn child says nothing that its birth record does not.
        if (about && !about.watched) this.add(this.persons.indexOf(decision.data.personId), about);
        break;
      case 'RosterEntryMatched':
        this.note(decision.data.submissionId);
        this.answer(decision.data.submissionId);
        break;
      case 'SubmissionUnmatched':
        this.note(decision.data.submissionId);
        if (about) this.wait(decision.data.submissionId, about);
        break;
      case 'RequestAmbiguous':
        this.note(decision.data.requestId);
        this.watchList.end(decision.data.requestId);
        break;
    }
  }

  /** Was this submission, request or refused order decided already? One that waits was, too. */
  isDecided(id: string): boolean {
    return this.decided.indexOf(id) >= 0;
  }

  /** Is this person known from a privacy request alone, without any submission? */
  isKnownByFormOnly(personId: string): boolean {
    return this.submitted[this.persons.indexOf(personId)] !== 1;
  }

  /** How many persons are registered. */
  get size(): number {
    return this.persons.size;
  }

  /** Of the person and of everybody merged into it. */
  sourcesOf(personId: string): readonly IndexedSource[] {
    const person = this.persons.indexOf(personId);
    if (person < 0) return [];
    const parts = this.merged.partsOf(person);
    return parts.flatMap((part) => this.sources.of(part, this.merged.withoutSources));
  }

  /** The person itself, and everybody merged into it. */
  partsOf(personId: string): readonly string[] {
    const person = this.persons.indexOf(personId);
    return person < 0 ? [] : this.merged.partsOf(person).map((part) => this.persons.at(part));
  }

  /** Of this person alone, without those merged into it. */
  ownSourcesOf(personId: string): readonly IndexedSource[] {
    const person = this.persons.indexOf(personId);
    return person < 0 ? [] : this.sources.of(person, this.merged.withoutSources);
  }

  /** The survivor of the person's merges, or the person itself. */
  survivorOf(personId: string): string {
    const person = this.persons.indexOf(personId);
    return person < 0 ? personId : this.persons.at(this.merged.rootOf(person));
  }

  /** Revision of `identity-decisions` at which the person was registered: nothing of it is before. */
  registeredAt(personId: string): number {
    return this.registered[this.persons.indexOf(personId)] ?? 0;
  }

  /** Did an un-merge leave the submission to nobody, and has nobody said since whose it is? */
  isUnassigned(submissionId: string): boolean {
    return this.merged.isUnassigned(submissionId);
  }

  /** Has somebody found that these are two? */
  areKeptApart(a: string, b: string): boolean {
    return this.merged.areKeptApart(this.persons.indexOf(a), this.persons.indexOf(b));
  }

  /** Are both known, and is the survivor not among those who follow the other? */
  canMerge(survivorId: string, absorbedId: string): boolean {
    const [survivor, absorbed] = [this.persons.indexOf(survivorId), this.persons.indexOf(absorbedId)];
    return survivor >= 0 && absorbed >= 0 && this.merged.rootOf(survivor) !== absorbed;
  }

  isMerged(mergeId: string): boolean {
    return this.merged.get(mergeId) !== undefined;
  }

  /** How a merge would be undone now; undefined: it does not stand, or its survivor was merged into somebody since. */
  partingOf(mergeId: string): Parting | undefined {
    const merge = this.merged.get(mergeId);
    if (merge === undefined || this.merged.rootOf(merge.survivor) !== merge.survivor) return undefined;
    const relinked: string[] = [];
    const unassigned: UnassignedLink[] = [];
    for (const { submissionId, organizationId, receivedAt, numbers } of this.merged.linksSince(merge)) {
      const isIn = (known: ReadonlySet<string>) => numbers.some((number) => known.has(numberKey(number)));
      const [survivors, absorbeds] = [isIn(merge.survivorNumbers), isIn(merge.absorbedNumbers)];
      if (absorbeds && !survivors) relinked.push(submissionId);
      else if (absorbeds === survivors) unassigned.push({ submissionId, organizationId, receivedAt });
    }
    const [survivorId, absorbedId] = [merge.survivor, merge.absorbed].map((each) => this.persons.at(each));
    if (survivorId === undefined || absorbedId === undefined) return undefined;
    return { survivorId, absorbedId, relinked, unassigned };
  }

  /** Persons who share at least one identifier (authority and value). */
  sharingIdentifier(identifiers: readonly MatchableIdentifier[]): Set<string> {
    const persons = this.personsOf(this.byIdentifier, identifiers.map(identifierKey));
    if (persons.size === 0 || this.merged.withoutSources.size === 0) return persons;
    // A source that parted from a person left its key behind: whether the number is still the person's, the sources say.
    const { numbers } = indexedSourceOf({ ...NOBODY, identifiers });
    if (numbers.length < identifiers.length) return persons;
    const isIn = (person: string) => {
      const known = this.numbersOf(this.persons.indexOf(person));
      return numbers.some((number) => known.has(numberKey(number)));
    };
    return new Set([...persons].filter(isIn));
  }

  /** Persons with this birth date and a first name that may be compatible with one of these. */
  sharingBirthDateAndFirstName(demographics: MatchableDemographics): Set<string> {
    return this.personsOf(this.byFirstName, firstNamesKeys(demographics), MOST_BY_NAME);
  }

  /** Persons with this birth date and one of these last names. */
  sharingBirthDateAndFamily(demographics: MatchableDemographics): Set<string> {
    return this.personsOf(this.byName, nameKeys(demographics), MOST_BY_NAME);
  }

  /** Persons with an earlier version of a vital record of one of these file numbers. */
  sharingFileNumber(fileNumbers: readonly string[]): Set<string> {
    return this.personsOf(this.byFileNumber, fileNumbers);
  }

  /** Requests that wait for this birth. */
  requestsWaitingFor(birth: Birth): string[] {
    return this.watchList.waitingFor(birth);
  }

  /** Submissions that wait for somebody like this. */
  waitingFor(about: Matchable): string[] {
    if (this.waiting.size === 0) return [];
    const found = new Set(
      [...nameKeys(about.demographics), ...about.continues].flatMap((key) => this.waitingByKey.find(key)),
    );
    return [...found].filter((index) => this.answered[index] !== 1).map((index) => this.waiting.at(index));
  }

  mark(): IndexMark {
    return {
      persons: this.persons.size,
      decided: this.decided.size,
      waiting: this.waiting.size,
      sources: this.sources.size,
      entries: this.tables().map((table) => table.size),
      firstSubmissions: this.firstSubmissions.length,
      answers: this.answers.length,
      merged: this.merged.marked,
      watched: this.watchList.marked,
    };
  }

  /** Takes back everything applied since the mark. */
  undo(mark: IndexMark): void {
    this.merged.undoTo(mark.merged);
    this.watchList.undoTo(mark.watched);
    this.sources.truncate(mark.sources);
    for (const [index, table] of this.tables().entries()) table.truncate(mark.entries[index] ?? 0);
    for (const person of this.firstSubmissions.splice(mark.firstSubmissions)) this.submitted[person] = 0;
    for (const index of this.answers.splice(mark.answers)) this.answered[index] = 0;
    this.persons.truncate(mark.persons);
    this.decided.truncate(mark.decided);
    this.waiting.truncate(mark.waiting);
  }

  /** What was applied stays: nothing of it will be taken back. */
  settle(): void {
    this.firstSubmissions.length = 0;
    this.answers.length = 0;
    this.merged.settle();
    this.watchList.settle();
  }

  private tables(): readonly KeyTable[] {
    return [this.byIdentifier, this.byName, this.byFirstName, this.byFileNumber, this.waitingByKey];
  }

  private link(link: UnassignedLink, person: number, about: Matchable | undefined): void {
    this.noteSubmitted(person);
    const source = about && this.add(person, about);
    if (!this.merged.hasTakenIn(person)) return;
    const numbers = about === undefined ? [] : indexedNumbersOf(about);
    const { submissionId, organizationId, receivedAt } = link;
    this.merged.noteLink(person, { submissionId, organizationId, receivedAt, source, numbers });
  }

  /** Facilities' and registers' numbers of the person and of everybody merged into it. */
  private numbersOf(person: number): ReadonlySet<string> {
    const sources = this.sourcesOf(this.persons.at(person));
    return new Set(sources.flatMap(({ numbers }) => numbers.map(numberKey)));
  }

  private noteRegistered(person: number, revision: number): void {
    while (person >= this.registered.length) {
      const longer = new Float64Array(2 * this.registered.length);
      longer.set(this.registered);
      this.registered = longer;
    }
    this.registered[person] = revision;
  }

  /** @returns the number of the source, if it says anything new */
  private add(person: number, { demographics, continues }: Matchable): number | undefined {
    const source = this.sources.add(person, indexedSourceOf(demographics), this.merged.withoutSources);
    for (const identifier of demographics.identifiers)
      this.byIdentifier.put(identifierKey(identifier), person);
    for (const key of nameKeys(demographics)) this.byName.put(key, person);
    for (const key of firstNamesKeys(demographics)) this.byFirstName.put(key, person);
    for (const key of continues) this.byFileNumber.put(key, person);
    return source;
  }

  private wait(submissionId: string, { demographics, continues }: Matchable): void {
    const index = this.waiting.add(submissionId);
    for (const key of [...nameKeys(demographics), ...continues]) this.waitingByKey.put(key, index);
  }

  private answer(submissionId: string): void {
    const index = this.waiting.indexOf(submissionId);
    if (index < 0 || this.answered[index] === 1) return;
    while (index >= this.answered.length) this.answered = grown(this.answered, 2 * this.answered.length);
    this.answered[index] = 1;
    this.answers.push(index);
  }

  private note(id: string): void {
    if (this.decided.indexOf(id) < 0) this.decided.add(id);
  }

  private noteSubmitted(person: number): void {
    while (person >= this.submitted.length) this.submitted = grown(this.submitted, 2 * this.submitted.length);
    if (this.submitted[person] === 1) return;
    this.submitted[person] = 1;
    this.firstSubmissions.push(person);
  }

  private personsOf(table: KeyTable, keys: readonly string[], most?: number): Set<string> {
    return new Set(
      keys
        .flatMap((key) => table.find(key, most))
        .map((person) => this.persons.at(this.merged.rootOf(person))),
    );
  }
}

const identifierKey = ({ authority, value }: MatchableIdentifier): string =>
  `${authority.trim().toUpperCase()}|${value.trim().toUpperCase()}`;

const nameKeys = ({ birthDate, names }: MatchableDemographics): string[] =>
  names.map(({ family }) => `${birthDate}|${normalizeName(family)}`);

/**
 * Of one name and birth date a state of ten million has some twenty persons. Where there are more than this, it is no person's name (test patients, a
 * placeholder nobody knew), and those who came last must do: else each new one would be compared with all before it.
 */
const MOST_BY_NAME = 60;

const NOBODY: MatchableDemographics = { identifiers: [], names: [], birthDate: '' };

const firstNamesKeys = ({ birthDate, names }: MatchableDemographics): string[] => [
  ...new Set(names.flatMap(({ given }) => firstNameKeys(given)).map((key) => `${birthDate}|${key}`)),
];

const indexedNumbersOf = ({ demographics }: Matchable): readonly UniqueNumber[] =>
  indexedSourceOf(demographics).numbers;
