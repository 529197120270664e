import type { DatabaseSyncInstance, StatementSyncInstance as Statement } from '@photostructure/sqlite';
import { AppendOutcomeUnknown, type PassingOver, StoreUnavailable } from './event-store.port.js';
import { type AppendRequest, sameEvents, wantedHead } from './new-events.js';
import { RecentlyUsed } from './recently-used.js';
import { type Fate } from './sqlite-fates.js';
import { SqliteJournals } from './sqlite-journals.js';
import { type SqliteReader } from './sqlite-reader.js';

/** Columns `position, revision, id, recorded_at`. */
type PlaceRow = readonly [position: number, revision: number, id: string, recordedAt: string];

/** A stream's head, which nobody but this writer moves. */
interface KnownHead {
  readonly revision: number;
  /** Whether the ids of all events are in the list of journals. */
  readonly listed: boolean;
}

/** The writing half of a store on SQLite: a group of appends in one transaction, each with its own fate. */
export class SqliteWriter {
  private readonly begin: Statement;
  private readonly commit: Statement;
  private readonly insert: Statement;
  /** Leaves a place that is taken as it is. */
  private readonly insertNew: Statement;
  private readonly headOf: Statement;
  private readonly typesAfter: Statement;
  private readonly places: Statement;
  private readonly journals: SqliteJournals;
  /** Heads of streams appended to lately, inside the transaction too. */
  private readonly heads = new RecentlyUsed<KnownHead>({ entries: 4096, characters: Infinity, largest: 0 });
  /** Position of the newest event, inside the transaction too. */
  private last: number;

  constructor(
    private readonly database: DatabaseSyncInstance,
    reader: SqliteReader,
  ) {
    this.last = reader.last().number;
    this.begin = reader.prepare('BEGIN IMMEDIATE');
    this.commit = reader.prepare('COMMIT');
    this.insert = reader.prepare('INSERT INTO events VALUES (?, ?, ?, ?, ?, ?, ?, ?)');
    this.insertNew = reader.prepare('INSERT OR IGNORE INTO events VALUES (?, ?, ?, ?, ?, ?, ?, ?)');
    this.headOf = reader.prepare(
      'SELECT revision FROM events WHERE stream = ? ORDER BY revision DESC LIMIT 1',
    );
    this.typesAfter = reader.prepare('SELECT DISTINCT type FROM events WHERE stream = ? AND revision > ?');
    this.places = reader.prepare(
      `SELECT position, revision, id, recorded_at FROM events
       WHERE stream = ? AND revision > ? AND revision <= ? ORDER BY revision`,
    );
    this.journals = new SqliteJournals(reader);
  }

  /**
   * @param recordedAt time of record of what is written; never less than that of the group before
   * @throws StoreUnavailable nothing of the group was written
   * @throws AppendOutcomeUnknown the commit itself failed: what SQLite had written may come back after a crash
   */
  appendGroup(group: readonly AppendRequest[], recordedAt: string): Fate[] {
    let fates: Fate[];
    const before = this.last;
    try {
      this.begin.run();
      fates = group.map((request) => this.append(request, recordedAt));
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
    return fates;
  }

  private abandon(last: number): void {
    this.last = last;
    this.heads.clear();
    try {
      // After some errors, a full disk among them, SQLite has rolled back by itself.
      if (this.database.isTransaction) this.database.exec('ROLLBACK');
    } catch {
      // The next group cannot begin then, says so, and tries this again.
    }
  }

  private append(request: AppendRequest, recordedAt: string): Fate {
    const { stream, expected } = request;
    if (expected === 'any') return this.appendToJournal(request, recordedAt);
    // Most streams that shall not exist do not: the unique index says so on the way, without a look before.
    if (expected === 'none' && this.insertAll(this.insertNew, request, 0, recordedAt)) {
      return this.written(request, 0, recordedAt);
    }
    const head = this.headRevision(stream);
    if (typeof expected === 'object') {
      return this.mayPass(stream, head, expected)
        ? this.appendAfter(head, request, recordedAt)
        : { kind: 'conflict', head };
    }
    const wanted = wantedHead(expected);
    if (wanted === head) return this.appendAfter(head, request, recordedAt);
    return this.earlierAtRevision(request, wanted, head) ?? { kind: 'conflict', head };
  }

  private mayPass(stream: string, head: number, { after, over }: PassingOver): boolean {
    if (head <= after) return head === after;
    const types = this.typesAfter.all(stream, after) as (readonly [string])[];
    return types.every(([type]) => over.includes(type));
  }

  private appendAfter(head: number, request: AppendRequest, recordedAt: string): Fate {
    this.insertAll(this.insert, request, head + 1, recordedAt);
    this.heads.set(request.stream, { revision: head + request.events.length, listed: false }, 0);
    return this.written(request, head + 1, recordedAt);
  }

  private appendToJournal(request: AppendRequest, recordedAt: string): Fate {
    const { stream, events } = request;
    const head = this.headRevision(stream);
    if (this.heads.get(stream)?.listed !== true) this.journals.listAll(stream, head);
    if (this.journals.list(request, head + 1)) {
      this.insertAll(this.insert, request, head + 1, recordedAt);
      this.heads.set(stream, { revision: head + events.length, listed: true }, 0);
      return this.written(request, head + 1, recordedAt);
    }
    return this.journals.earlier(request) ?? { kind: 'conflict', head };
  }

  private headRevision(stream: string): number {
    const known = this.heads.get(stream);
    if (known !== undefined) return known.revision;
    return (this.headOf.get(stream) as readonly [number] | undefined)?.[0] ?? -1;
  }

  /** @returns false if `insert` ignored the first event, whose place is taken; then nothing was inserted */
  private insertAll(insert: Statement, request: AppendRequest, first: number, recordedAt: string): boolean {
    const { stream, events } = request;
    for (const [index, { id, type, data, metadata }] of events.entries()) {
      const position = this.last + 1;
      const revision = first + index;
      const { changes } = insert.run(position, stream, revision, id, type, data, metadata, recordedAt);
      if (changes === 0) return false;
      this.last = position;
    }
    return true;
  }

  private written({ events }: AppendRequest, first: number, recordedAt: string): Fate {
    return { kind: 'written', position: this.last, revision: first + events.length - 1, recordedAt };
  }

  /** The same append made before, whose events stand where it wants them. */
  private earlierAtRevision(request: AppendRequest, wanted: number, head: number): Fate | undefined {
    const length = request.events.length;
    if (head < wanted + length) return undefined;
    const rows = this.places.all(request.stream, wanted, wanted + length) as PlaceRow[];
    const last = rows.at(-1);
    const stored = rows.map(([, , id]) => ({ id }));
    if (last === undefined || !sameEvents(request, stored)) return undefined;
    const [position, revision, , recordedAt] = last;
    return { kind: 'repeated', position, revision, recordedAt };
  }
}
