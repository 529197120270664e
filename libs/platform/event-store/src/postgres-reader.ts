import {
  type PassingOver,
  type Position,
  type ReadAllOptions,
  type ReadOptions,
  type RecordedEvent,
} from './event-store.port.js';
import { type AppendRequest, parseData, parseMetadata } from './new-events.js';
import { type PostgresConnections } from './postgres-connections.js';
import { type PostgresTables } from './postgres-schema.js';
import { pageLimit, scanLimit, streamRange } from './read-options.js';
import { type ScannedPage } from './subscription.js';

/** Place in the log: the transaction, then the position within it. */
export interface LogPlace {
  readonly xid: number;
  readonly position: number;
}

const START: LogPlace = { xid: 0, position: 0 };

/** `xid:position`. Both stay below 2^53 by far. */
export const positionOf = (xid: string, position: string): Position => `${xid}:${position}` as Position;

/** @throws RangeError the position is another store's */
export const placeOf = (position: Position | undefined): LogPlace => {
  if (position === undefined) return START;
  const [, xid, rest] = /^(\d{1,16}):(\d{1,16})$/.exec(position) ?? [];
  if (xid === undefined || rest === undefined) throw new RangeError('Not a position of this store');
  return { xid: Number(xid), position: Number(rest) };
};

export const comparePlaces = (a: LogPlace, b: LogPlace): number => a.xid - b.xid || a.position - b.position;

type EventRow = readonly [
  xid: string,
  position: string,
  stream: string,
  revision: number,
  id: string,
  type: string,
  data: string,
  metadata: string,
  recordedAt: Date,
];

/** What identifies an event and its append. */
export type PlaceRow = readonly [
  xid: string,
  position: string,
  stream: string,
  revision: number,
  id: string,
  recordedAt: Date,
];

const columns = (of: string): string =>
  `${of}.xid::text, ${of}.position, ${of}.stream, ${of}.revision, ${of}.id, ${of}.type,
   ${of}.data::text, ${of}.metadata::text, ${of}.recorded_at`;

const places = (of: string): string =>
  `${of}.xid::text, ${of}.position, ${of}.stream, ${of}.revision, ${of}.id, ${of}.recorded_at`;

/** Below the oldest transaction that still runs nothing can appear any more. */
const SETTLED = 'xid < pg_snapshot_xmin(pg_current_snapshot())';

/** The reading half of a store on PostgreSQL. */
export class PostgresReader {
  private readonly sql: Readonly<
    Record<'forwards' | 'backwards' | 'heads' | 'page' | 'filtered' | 'last', string>
  >;
  private readonly placesSql: Readonly<Record<'at' | 'byId' | 'head' | 'passing', string>>;

  constructor(
    private readonly connections: PostgresConnections,
    { events, journalIds }: PostgresTables,
  ) {
    const ofStream = `SELECT ${columns('e')} FROM ${events} e WHERE e.stream = $1`;
    const settledAfter = `(xid, position) > ($1::xid8, $2::bigint) AND ${SETTLED}`;
    this.sql = {
      forwards: `${ofStream} AND e.revision >= $2 ORDER BY e.revision LIMIT $3`,
      backwards: `${ofStream} AND e.revision <= $2 ORDER BY e.revision DESC LIMIT $3`,
      heads: `
        SELECT ${columns('h')} FROM unnest($1::text[]) AS s (stream) CROSS JOIN LATERAL
          (SELECT * FROM ${events} e WHERE e.stream = s.stream ORDER BY e.revision DESC LIMIT 1) h`,
      page: `SELECT ${columns('e')} FROM ${events} e WHERE ${settledAfter} ORDER BY e.xid, e.position LIMIT $3`,
      // The window is read whatever the filter leaves, so that the position moves on; only what is wanted is sent.
      filtered: `
        SELECT w.xid::text, w.position, w.stream, w.revision, w.id, w.type,
          CASE WHEN wanted THEN w.data::text END, CASE WHEN wanted THEN w.metadata::text END, w.recorded_at
        FROM (
          SELECT *, count(*) FILTER (WHERE wanted) OVER (ORDER BY xid, position) AS found
          FROM (
            SELECT *, split_part(stream, '-', 1) = ANY ($4::text[]) AS wanted
            FROM ${events} WHERE ${settledAfter} ORDER BY xid, position LIMIT $3
          ) seen
        ) w
        WHERE found <= $5 ORDER BY w.xid, w.position`,
      last: `SELECT e.xid::text, e.position FROM ${events} e WHERE ${SETTLED} ORDER BY e.xid DESC, e.position DESC LIMIT 1`,
    };
    this.placesSql = {
      at: `
        SELECT ${places('e')} FROM ${events} e
        WHERE e.stream = $1 AND e.revision > $2 AND e.revision <= $3 ORDER BY e.revision`,
      byId: `
        SELECT ${places('e')} FROM ${journalIds} j JOIN ${events} e USING (stream, revision)
        WHERE j.stream = $1 AND j.id = ANY ($2::text[])`,
      passing: `
        SELECT EXISTS (SELECT FROM ${events} WHERE stream = $1 AND revision = $2)
          AND NOT EXISTS (SELECT FROM ${events} WHERE stream = $1 AND revision > $2 AND type <> ALL ($3::text[]))`,
      head: `SELECT ${places('e')} FROM ${events} e WHERE e.stream = $1 ORDER BY e.revision DESC LIMIT 1`,
    };
  }

  async read(stream: string, options: ReadOptions | undefined): Promise<RecordedEvent[]> {
    const { backwards, from, limit } = streamRange(options);
    const name = backwards ? 'backwards' : 'forwards';
    return (await this.query<EventRow>(name, this.sql[name], [stream, from, limit])).map(recorded);
  }

  async heads(streams: readonly string[]): Promise<(RecordedEvent | undefined)[]> {
    const rows = await this.query<EventRow>('heads', this.sql.heads, [[...new Set(streams)]]);
    const heads = new Map(rows.map((row) => [row[2], recorded(row)]));
    return streams.map((stream) => heads.get(stream));
  }

  async page(options: ReadAllOptions): Promise<ScannedPage> {
    const limit = pageLimit(options.limit);
    const after = placeOf(options.after);
    const { categories } = options;
    const window = categories === undefined ? limit : scanLimit(limit);
    const values = [after.xid, after.position, window + 1];
    const rows =
      categories === undefined
        ? await this.query<EventRow>('page', this.sql.page, values)
        : await this.query<EventRow>('filtered', this.sql.filtered, [...values, categories, limit]);
    // One more than the window was asked for, only to learn whether the page is the last.
    const seen = rows.slice(0, window);
    const events = seen.filter((row) => row[6] !== null).map(recorded);
    const last = seen.at(-1);
    const mayBeCut = categories !== undefined && events.length === limit;
    return {
      events,
      position: last === undefined ? options.after : positionOf(last[0], last[1]),
      caughtUp: rows.length <= window && !mayBeCut,
      scanned: seen.length,
    };
  }

  /** Place of the newest event that a page may hold now. */
  async last(): Promise<LogPlace> {
    const [row] = await this.query<readonly [string, string]>('last', this.sql.last, []);
    return row === undefined ? START : { xid: Number(row[0]), position: Number(row[1]) };
  }

  /** The events where those of the request would be if it had been appended after revision `wanted`. */
  eventsAt({ stream, events }: AppendRequest, wanted: number): Promise<PlaceRow[]> {
    return this.query('places-at', this.placesSql.at, [stream, wanted, wanted + events.length]);
  }

  /** The events of a journal that bear the request's ids. */
  eventsById({ stream, events }: AppendRequest): Promise<PlaceRow[]> {
    return this.query('places-by-id', this.placesSql.byId, [stream, events.map(({ id }) => id)]);
  }

  /** Have only events come since that may be passed over? */
  async mayPass(stream: string, { after, over }: PassingOver): Promise<boolean> {
    const [row] = await this.query<readonly [boolean]>('may-pass', this.placesSql.passing, [
      stream,
      after,
      over,
    ]);
    return row?.[0] === true;
  }

  async headRevision(stream: string): Promise<number | undefined> {
    const [head] = await this.query<PlaceRow>('place-head', this.placesSql.head, [stream]);
    return head?.[3];
  }

  private query<Row extends readonly unknown[]>(
    name: string,
    text: string,
    values: unknown[],
  ): Promise<Row[]> {
    return this.connections.read<Row>({ name: `event-store-${name}`, text, values });
  }
}

const recorded = ([
  xid,
  position,
  stream,
  revision,
  id,
  type,
  data,
  metadata,
  at,
]: EventRow): RecordedEvent => ({
  id,
  type,
  data: parseData(data),
  metadata: parseMetadata(metadata),
  stream,
  revision,
  position: positionOf(xid, position),
  recordedAt: at.toISOString(),
});
