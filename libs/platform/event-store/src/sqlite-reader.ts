import type { DatabaseSyncInstance, StatementSyncInstance as Statement } from '@photostructure/sqlite';
import { type ReadAllOptions, type ReadOptions, type RecordedEvent } from './event-store.port.js';
import { numberedPosition, positionNumber } from './log-position.js';
import { parseData, parseMetadata } from './new-events.js';
import { pageLimit, scanLimit, streamRange } from './read-options.js';
import { type ScannedPage } from './subscription.js';

/** Columns of `COLUMNS`, as an array: objects cost twice as much to make. */
type EventRow = readonly [
  position: number,
  stream: string,
  revision: number,
  id: string,
  type: string,
  data: string,
  metadata: string,
  recordedAt: string,
];

/** An event and how many characters its contents have as text. */
export interface SizedEvent {
  readonly event: RecordedEvent;
  readonly characters: number;
}

const COLUMNS = 'position, stream, revision, id, type, data, metadata, recorded_at';

const CATEGORY = `CASE instr(stream, '-') WHEN 0 THEN stream ELSE substr(stream, 1, instr(stream, '-') - 1) END`;

/** More than any position: a reader with this for the end of its log looks at all there is. */
export const NO_END = Number.MAX_SAFE_INTEGER;

/**
 * The reading half of a store on SQLite, the same for the process that writes and for those that only look. Reads are
 * given the position at which the log ends for them; what was committed after it is as if it were not there.
 */
export class SqliteReader {
  private readonly forwards: Statement;
  private readonly backwards: Statement;
  private readonly headOf: Statement;
  private readonly newest: Statement;
  private readonly placesOfHeads: Statement;
  private readonly at: Statement;
  private readonly begin: Statement;
  private readonly end: Statement;
  /** Statements for pages of the log by the number of categories asked for. */
  private readonly pages = new Map<number, Statement>();

  constructor(private readonly database: DatabaseSyncInstance) {
    // The plus keeps SQLite from searching by position: the index on stream and revision holds it too.
    const ofStream = `SELECT ${COLUMNS} FROM events WHERE stream = ? AND +position <= ?`;
    this.forwards = this.prepare(`${ofStream} AND revision >= ? ORDER BY revision LIMIT ?`);
    this.backwards = this.prepare(`${ofStream} AND revision <= ? ORDER BY revision DESC LIMIT ?`);
    this.headOf = this.prepare(`${ofStream} ORDER BY revision DESC LIMIT 1`);
    this.newest = this.prepare('SELECT position, recorded_at FROM events ORDER BY position DESC LIMIT 1');
    // One statement for all streams, answered by the index alone.
    this.placesOfHeads = this.prepare(
      `SELECT (SELECT position FROM events WHERE stream = asked.value ORDER BY revision DESC LIMIT 1)
         FROM json_each(?) AS asked ORDER BY asked.key`,
    );
    this.at = this.prepare(`SELECT ${COLUMNS} FROM events WHERE position = ?`);
    this.begin = this.prepare('BEGIN');
    this.end = this.prepare('COMMIT');
  }

  prepare(sql: string): Statement {
    const statement = this.database.prepare(sql);
    statement.setReturnArrays(true);
    return statement;
  }

  /**
   * Many looks in one transaction: SQLite forgets all pages that it holds at the beginning of each, once another connection has written, and
   * would read the upper levels of the indexes anew for every look.
   */
  together<Result>(looks: () => Result): Result {
    this.begin.run();
    try {
      return looks();
    } finally {
      this.end.run();
    }
  }

  /** Number and time of the newest event of the log. */
  last(): { readonly number: number; readonly recordedAt: string | undefined } {
    const row = this.newest.get() as readonly [number, string] | undefined;
    return { number: row?.[0] ?? 0, recordedAt: row?.[1] };
  }

  read(stream: string, options: ReadOptions | undefined, last: number): RecordedEvent[] {
    const { backwards, from, limit } = streamRange(options);
    const statement = backwards ? this.backwards : this.forwards;
    return (statement.all(stream, last, from, limit) as EventRow[]).map(recorded);
  }

  /** The event at one revision. */
  single(stream: string, revision: number, last: number): SizedEvent | undefined {
    return sized(this.forwards.all(stream, last, revision, 1)[0] as EventRow | undefined);
  }

  head(stream: string, last: number): SizedEvent | undefined {
    return sized(this.headOf.get(stream, last) as EventRow | undefined);
  }

  /** Where the heads of the streams are in the log, in the order asked; null: no such stream. */
  headPlaces(streams: readonly string[]): (number | null)[] {
    const rows = this.placesOfHeads.all(JSON.stringify(streams)) as (readonly [number | null])[];
    return rows.map(([place]) => place);
  }

  /** The event at a place where one is. */
  eventAt(place: number): RecordedEvent {
    return recorded(this.at.get(place) as EventRow);
  }

  /**
   * @param last number of the newest event, so that the page knows whether it has caught up
   * @param onEvent hears of each event of the page
   */
  page(options: ReadAllOptions, last: number, onEvent?: (event: SizedEvent) => void): ScannedPage {
    const after = positionNumber(options.after);
    const limit = pageLimit(options.limit);
    const categories = options.categories ?? [];
    const filtered = options.categories !== undefined;
    const end = Math.max(after, Math.min(last, after + (filtered ? scanLimit(limit) : limit)));
    const rows =
      end === after || (filtered && categories.length === 0)
        ? []
        : (this.pageStatement(categories.length).all(after, end, ...categories, limit) as EventRow[]);
    const number = rows.length < limit ? end : (rows.at(-1)?.[0] ?? end);
    const events = rows.map((row) => {
      const event = recorded(row);
      onEvent?.({ event, characters: charactersOf(row) });
      return event;
    });
    return {
      events,
      position: number === 0 ? undefined : numberedPosition(number),
      caughtUp: number >= last,
      scanned: number - after,
    };
  }

  private pageStatement(categories: number): Statement {
    const known = this.pages.get(categories);
    if (known !== undefined) return known;
    const filter = categories === 0 ? '' : `AND ${CATEGORY} IN (${Array(categories).fill('?').join(', ')})`;
    const statement = this.prepare(
      `SELECT ${COLUMNS} FROM events WHERE position > ? AND position <= ? ${filter} ORDER BY position LIMIT ?`,
    );
    this.pages.set(categories, statement);
    return statement;
  }
}

const recorded = ([
  position,
  stream,
  revision,
  id,
  type,
  data,
  metadata,
  recordedAt,
]: EventRow): RecordedEvent => ({
  id,
  type,
  data: parseData(data),
  metadata: parseMetadata(metadata),
  stream,
  revision,
  position: numberedPosition(position),
  recordedAt,
});

const sized = (row: EventRow | undefined): SizedEvent | undefined =>
  row && { event: recorded(row), characters: charactersOf(row) };

const charactersOf = (row: EventRow): number => row[5].length + row[6].length;
