import type { IdentityDecision } from './decisions.events.js';
import { indexedSourceOf, type IndexedSource } from './indexed-source.js';
import { KeyTable } from './key-table.js';
import type { Matchable, MatchableDemographics, MatchableIdentifier } from './matchable.js';
import { normalizeName } from './name-compatibility.js';
import { SourcePool } from './source-pool.js';
import { grown, UuidTable } from './uuid-table.js';

/** Where the index stood: what came after can be taken back. */
export interface IndexMark {
  readonly persons: number;
  readonly decided: number;
  readonly waiting: number;
  readonly sources: number;
  readonly entries: readonly number[];
  readonly firstSubmissions: number;
  readonly answers: number;
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
  private readonly byFileNumber = new KeyTable();
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

  /** @param about what the decision is about; undefined if it can't be opened any more */
  apply(decision: IdentityDecision, about: Matchable | undefined): void {
    switch (decision.type) {
      case 'PersonRegistered':
        this.persons.add(decision.data.personId);
        break;
      case 'SubmissionLinked': {
        const person = this.persons.indexOf(decision.data.personId);
        this.note(decision.data.submissionId);
        this.answer(decision.data.submissionId);
        this.noteSubmitted(person);
        if (about) this.add(person, about);
        break;
      }
      case 'RequestResolved':
        this.note(decision.data.requestId);
        if (about) this.add(this.persons.indexOf(decision.data.personId), about);
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
        break;
    }
  }

  /** Was this submission or request decided already? One that waits was, too. */
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

  sourcesOf(personId: string): readonly IndexedSource[] {
    const person = this.persons.indexOf(personId);
    return person < 0 ? [] : this.sources.of(person);
  }

  /** Persons who share at least one identifier (authority and value). */
  sharingIdentifier(identifiers: readonly MatchableIdentifier[]): Set<string> {
    return this.personsOf(this.byIdentifier, identifiers.map(identifierKey));
  }

  /** Persons with this birth date and one of these last names. */
  sharingBirthDateAndFamily(demographics: MatchableDemographics): Set<string> {
    return this.personsOf(this.byName, nameKeys(demographics));
  }

  /** Persons with an earlier version of a vital record of one of these file numbers. */
  sharingFileNumber(fileNumbers: readonly string[]): Set<string> {
    return this.personsOf(this.byFileNumber, fileNumbers);
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
    };
  }

  /** Takes back everything applied since the mark. */
  undo(mark: IndexMark): void {
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
  }

  private tables(): readonly KeyTable[] {
    return [this.byIdentifier, this.byName, this.byFileNumber, this.waitingByKey];
  }

  private add(person: number, { demographics, continues }: Matchable): void {
    this.sources.add(person, indexedSourceOf(demographics));
    for (const identifier of demographics.identifiers)
      this.byIdentifier.put(identifierKey(identifier), person);
    for (const key of nameKeys(demographics)) this.byName.put(key, person);
    for (const key of continues) this.byFileNumber.put(key, person);
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

  private personsOf(table: KeyTable, keys: readonly string[]): Set<string> {
    return new Set(keys.flatMap((key) => table.find(key)).map((person) => this.persons.at(person)));
  }
}

const identifierKey = ({ authority, value }: MatchableIdentifier): string =>
  `${authority.trim().toUpperCase()}|${value.trim().toUpperCase()}`;

const nameKeys = ({ birthDate, names }: MatchableDemographics): string[] =>
  names.map(({ family }) => `${birthDate}|${normalizeName(family)}`);
