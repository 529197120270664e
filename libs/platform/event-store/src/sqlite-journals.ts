import type { StatementSyncInstance as Statement } from '@photostructure/sqlite';
import { type AppendRequest } from './new-events.js';
import { type Fate } from './sqlite-fates.js';
import { type SqliteReader } from './sqlite-reader.js';

/** Columns `position, revision, recorded_at`. */
type PlaceRow = readonly [position: number, revision: number, recordedAt: string];

/** The ids of streams that are appended to with `'any'`, by which a repeated append is told from a new one. */
export class SqliteJournals {
  private readonly placeOfId: Statement;
  private readonly isListed: Statement;
  private readonly insert: Statement;
  private readonly remove: Statement;
  private readonly idAt: Statement;

  constructor(reader: SqliteReader) {
    this.placeOfId = reader.prepare(
      `SELECT position, e.revision, recorded_at FROM journal_ids j
       JOIN events e ON e.stream = j.stream AND e.revision = j.revision WHERE j.stream = ? AND j.id = ?`,
    );
    this.isListed = reader.prepare('SELECT 1 FROM journal_ids WHERE stream = ? AND id = ? AND revision = ?');
    this.insert = reader.prepare('INSERT OR IGNORE INTO journal_ids VALUES (?, ?, ?)');
    this.remove = reader.prepare('DELETE FROM journal_ids WHERE stream = ? AND id = ?');
    this.idAt = reader.prepare('SELECT id FROM events WHERE stream = ? AND revision = ?');
  }

  /**
   * Lists the ids of events that were appended at an exact revision since the last `'any'`. In a true journal there are
   * none, and finding its head listed ends the search at once.
   */
  listAll(stream: string, head: number): void {
    for (let revision = head; revision >= 0; revision -= 1) {
      const id = (this.idAt.get(stream, revision) as readonly [string] | undefined)?.[0];
      if (id === undefined || this.isListed.get(stream, id, revision) !== undefined) return;
      this.insert.run(stream, id, revision);
    }
  }

  /** Lists the ids of new events from revision `first` on; if one is listed already, false and nothing is. */
  list({ stream, events }: AppendRequest, first: number): boolean {
    for (const [index, { id }] of events.entries()) {
      if (this.insert.run(stream, id, first + index).changes > 0) continue;
      for (const { id: listed } of events.slice(0, index)) this.remove.run(stream, listed);
      return false;
    }
    return true;
  }

  /** The same append made before; undefined if only some of its events are there. */
  earlier({ stream, events }: AppendRequest): Fate | undefined {
    const places = events.map(({ id }) => this.placeOfId.get(stream, id) as PlaceRow | undefined);
    const last = places.at(-1);
    if (last === undefined || places.includes(undefined)) return undefined;
    const [position, revision, recordedAt] = last;
    return { kind: 'repeated', position, revision, recordedAt };
  }
}
