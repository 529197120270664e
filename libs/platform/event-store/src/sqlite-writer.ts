import type { DatabaseSyncInstance, StatementSyncInstance as Statement } from '@photostructure/sqlite';
import {
  AppendOutcomeUnknown,
  type AppendResult,
  RevisionConflict,
  StoreUnavailable,
} from './event-store.port.js';
import { type Outcome } from './group-commit.js';
import { numberedPosition } from './log-position.js';
import { type AppendRequest, sameEvents, wantedHead } from './new-events.js';
import { type CommittedEvent } from './recent-events.js';
import { type RecordedAtClock } from './recorded-at.js';
import { type SqliteReader } from './sqlite-reader.js';

/** Columns `position, revision, id, recorded_at`. */
type PlaceRow = readonly [position: number, revision: number, id: string, recordedAt: string];

/** The writing half of a store on SQLite: a group of appends in one transaction, each with its own outcome. */
export class SqliteWriter {
  private readonly begin: Statement;
  private readonly commit: Statement;
  private readonly insert: Statement;
  /** Leaves a place that is taken as it is. */
  private readonly insertNew: Statement;
  private readonly headOf: Statement;
  private readonly places: Statement;
  private readonly placeOfId: Statement;
  private readonly isListed: Statement;
  private readonly list: Statement;
  private readonly idAt: Statement;
  /** Position of the newest event, inside the transaction too. */
  private last: number;
  private written: CommittedEvent[] = [];

  /** @param committed is told of events in log order once they are durable */
  constructor(
    private readonly database: DatabaseSyncInstance,
    reader: SqliteReader,
    private readonly clock: RecordedAtClock,
    private readonly committed: (events: readonly CommittedEvent[]) => void,
  ) {
    this.last = reader.last().number;
    this.begin = reader.prepare('BEGIN IMMEDIATE');
    this.commit = reader.prepare('COMMIT');
    this.insert = reader.prepare('INSERT INTO events VALUES (?, ?, ?, ?, ?, ?, ?, ?)');
    this.insertNew = reader.prepare('INSERT OR IGNORE INTO events VALUES (?, ?, ?, ?, ?, ?, ?, ?)');
    this.headOf = reader.prepare(
      'SELECT revision FROM events WHERE stream = ? ORDER BY revision DESC LIMIT 1',
    );
    this.places = reader.prepare(
      `SELECT position, revision, id, recorded_at FROM events
       WHERE stream = ? AND revision > ? AND revision <= ? ORDER BY revision`,
    );
    this.placeOfId = reader.prepare(
      `SELECT position, e.revision, e.id, recorded_at FROM journal_ids j
       JOIN events e ON e.stream = j.stream AND e.revision = j.revision WHERE j.stream = ? AND j.id = ?`,
    );
    this.isListed = reader.prepare('SELECT 1 FROM journal_ids WHERE stream = ? AND id = ? AND revision = ?');
    this.list = reader.prepare('INSERT OR IGNORE INTO journal_ids VALUES (?, ?, ?)');
    this.idAt = reader.prepare('SELECT id FROM events WHERE stream = ? AND revision = ?');
  }

  /**
   * @throws StoreUnavailable nothing of the group was written
   * @throws AppendOutcomeUnknown the commit itself failed: what SQLite had written may come back after a crash
   */
  appendGroup(group: readonly AppendRequest[]): Outcome<AppendResult>[] {
    let outcomes: Outcome<AppendResult>[];
    const before = this.last;
    try {
      this.begin.run();
      const recordedAt = this.clock.next();
      outcomes = group.map((request) => this.append(request, recordedAt));
    } catch (error) {
      this.abandon(before);
      throw new StoreUnavailable('The event store could not write', { cause: error });
    }
    try {
      this.commit.run();
    } catch (error) {
      this.abandon(before);
      throw new AppendOutcomeUnknown('The event store could not commit', { cause: error });
    }
    const written = this.written;
    this.written = [];
    if (written.length > 0) this.committed(written);
    return outcomes;
  }

  private abandon(last: number): void {
    this.written = [];
    this.last = last;
    try {
      // After some errors, a full disk among them, SQLite has rolled back by itself.
      if (this.database.isTransaction) this.database.exec('ROLLBACK');
    } catch {
      // The next group cannot begin then, says so, and tries this again.
    }
  }

  private append(request: AppendRequest, recordedAt: string): Outcome<AppendResult> {
    // Most streams that shall not exist do not: the unique index says so on the way, without a look before.
    if (request.expected === 'none' && this.insertAll(this.insertNew, request, 0, recordedAt)) {
      return this.appended(request, 0, recordedAt);
    }
    const head = (this.headOf.get(request.stream) as readonly [number] | undefined)?.[0] ?? -1;
    const earlier =
      request.expected === 'any'
        ? this.earlierInJournal(request, head)
        : this.earlierAtRevision(request, head);
    if (earlier === 'conflict') {
      return { error: new RevisionConflict(request.stream, request.expected, head < 0 ? undefined : head) };
    }
    if (earlier !== undefined) {
      const [position, revision, , at] = earlier;
      return { result: { revision, position: numberedPosition(position), recordedAt: at } };
    }
    this.insertAll(this.insert, request, head + 1, recordedAt);
    if (request.expected === 'any') {
      for (const [index, { id }] of request.events.entries())
        this.list.run(request.stream, id, head + 1 + index);
    }
    return this.appended(request, head + 1, recordedAt);
  }

  /** @returns false if `insert` ignored the first event, whose place is taken; then nothing was inserted */
  private insertAll(insert: Statement, request: AppendRequest, first: number, recordedAt: string): boolean {
    const { stream, events } = request;
    for (const [index, text] of events.entries()) {
      const { id, type, data, metadata } = text;
      const position = this.last + 1;
      const revision = first + index;
      const { changes } = insert.run(position, stream, revision, id, type, data, metadata, recordedAt);
      if (changes === 0) return false;
      this.last = position;
      this.written.push({ position, stream, revision, text, recordedAt });
    }
    return true;
  }

  private appended(request: AppendRequest, first: number, recordedAt: string): Outcome<AppendResult> {
    const revision = first + request.events.length - 1;
    return { result: { revision, position: numberedPosition(this.last), recordedAt } };
  }

  /** The last event of the same append made before, or undefined if it is new and the head is as expected. */
  private earlierAtRevision(request: AppendRequest, head: number): PlaceRow | 'conflict' | undefined {
    const wanted = wantedHead(request.expected as number | 'none');
    if (wanted === head) return undefined;
    const length = request.events.length;
    if (head < wanted + length) return 'conflict';
    const rows = this.places.all(request.stream, wanted, wanted + length) as PlaceRow[];
    const stored = rows.map(([, , id]) => ({ id }));
    return sameEvents(request, stored) ? (rows.at(-1) ?? 'conflict') : 'conflict';
  }

  private earlierInJournal(
    { stream, events }: AppendRequest,
    head: number,
  ): PlaceRow | 'conflict' | undefined {
    this.listAll(stream, head);
    const known = events.map(({ id }) => this.placeOfId.get(stream, id) as PlaceRow | undefined);
    if (known.every((place) => place === undefined)) return undefined;
    return known.includes(undefined) ? 'conflict' : known.at(-1);
  }

  /**
   * Lists the ids of events that were appended at an exact revision since the last `'any'`. In a true journal there are
   * none, and finding its head listed ends the search at once.
   */
  private listAll(stream: string, head: number): void {
    for (let revision = head; revision >= 0; revision -= 1) {
      const id = (this.idAt.get(stream, revision) as readonly [string] | undefined)?.[0];
      if (id === undefined || this.isListed.get(stream, id, revision) !== undefined) return;
      this.list.run(stream, id, revision);
    }
  }
}
