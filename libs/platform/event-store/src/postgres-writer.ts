import { type AppendResult, RevisionConflict, StoreUnavailable } from './event-store.port.js';
import { type AppendRequest, MOST_PASSES, sameEvents, wantedHead } from './new-events.js';
import { Contention, type PostgresConnections } from './postgres-connections.js';
import { type PlaceRow, type PostgresReader, positionOf } from './postgres-reader.js';
import { PLACE_CONSTRAINT, type PostgresTables } from './postgres-schema.js';

/** An append that waits for its turn. */
export interface PendingAppend {
  readonly request: AppendRequest;
  readonly resolve: (result: AppendResult) => void;
  readonly reject: (error: Error) => void;
}

/** Attempts at one append that others keep getting in the way of. */
const MOST_ATTEMPTS = 200;

/**
 * Appends in one statement: the heads are read, compared and appended to in the same snapshot, before the statement has
 * a transaction id. So the transaction of a stream's event is always younger than that of the event before it, and
 * order by transaction keeps the order of the stream.
 *
 * An append that may pass over others looks at them in the same snapshot; what comes at the same time takes its place from it, and it is tried again.
 *
 * Rows are written in order of stream, so that two processes cannot wait for each other.
 */
const appendSql = ({ events, journalIds }: PostgresTables): string => `
  WITH input AS MATERIALIZED (
    SELECT * FROM unnest($1::text[], $2::int[], $3::text[], $4::int[], $5::text[], $6::text[], $7::text[], $8::text[])
      AS i (stream, expected, over, ahead, id, type, data, metadata)
  ), clock AS MATERIALIZED (
    SELECT date_trunc('milliseconds', clock_timestamp()) AS now
  ), head AS MATERIALIZED (
    SELECT s.stream, s.expected, s.over, coalesce(h.revision, -1) AS revision, greatest(h.recorded_at, clock.now) AS recorded_at,
      s.expected IS NOT NULL OR h.id IS NULL
        OR EXISTS (SELECT FROM ${journalIds} j WHERE j.stream = s.stream AND j.id = h.id) AS listed
    FROM clock, (SELECT DISTINCT stream, expected, over FROM input) s
    LEFT JOIN LATERAL (
      SELECT e.revision, e.recorded_at, e.id FROM ${events} e
      WHERE e.stream = s.stream ORDER BY e.revision DESC LIMIT 1
    ) h ON true
  ), appended AS (
    INSERT INTO ${events} (stream, revision, id, type, data, metadata, recorded_at)
    SELECT i.stream, head.revision + i.ahead, i.id, i.type, i.data::json, i.metadata::json, head.recorded_at
    FROM input i JOIN head ON head.stream = i.stream
    WHERE head.listed AND (head.expected IS NULL OR head.expected = head.revision
      OR head.over IS NOT NULL AND head.expected < head.revision AND NOT EXISTS (
        SELECT FROM ${events} e WHERE e.stream = head.stream AND e.revision > head.expected
          AND e.type <> ALL (string_to_array(head.over, ' '))))
    ORDER BY i.stream COLLATE "C", i.ahead
    RETURNING xid, position, stream, revision, id, recorded_at
  ), listed AS (
    INSERT INTO ${journalIds} (stream, id, revision)
    SELECT a.stream, a.id, a.revision FROM appended a JOIN head ON head.stream = a.stream WHERE head.expected IS NULL
  )
  SELECT xid::text, position, stream, revision, id, recorded_at FROM appended`;

/** Lists the ids of a stream that was also appended to at exact revisions; a true journal's head is listed already. */
const listSql = ({ events, journalIds }: PostgresTables): string => `
  INSERT INTO ${journalIds} (stream, id, revision)
  SELECT e.stream, e.id, max(e.revision) FROM ${events} e
  WHERE e.stream = $1 AND NOT EXISTS (
    SELECT FROM ${journalIds} j WHERE j.stream = $1 AND j.id =
      (SELECT h.id FROM ${events} h WHERE h.stream = $1 ORDER BY h.revision DESC LIMIT 1))
  GROUP BY e.stream, e.id
  ON CONFLICT DO NOTHING`;

/** The writing half of a store on PostgreSQL: appends to different streams, and those to one journal, share a statement. */
export class PostgresWriter {
  private readonly appendText: string;
  private readonly listText: string;

  constructor(
    private readonly connections: PostgresConnections,
    private readonly reader: PostgresReader,
    tables: PostgresTables,
  ) {
    this.appendText = appendSql(tables);
    this.listText = listSql(tables);
  }

  /** Appends what can share a statement: several of one stream only if they all expect `'any'`. Settles every one. */
  async appendTogether(group: readonly PendingAppend[], attempt = 0): Promise<void> {
    let rows: PlaceRow[];
    try {
      rows = await this.send(group.map(({ request }) => request));
    } catch (error) {
      if (error instanceof Contention && attempt < MOST_ATTEMPTS) {
        await this.appendApart(group, error, attempt + 1);
      } else {
        const reason =
          error instanceof Contention
            ? new StoreUnavailable('The stream is too busy', { cause: error })
            : error;
        for (const { reject } of group) reject(reason as Error);
      }
      return;
    }
    const byEvent = new Map(rows.map((row) => [`${row[4]} ${row[2]}`, row]));
    for (const pending of group) {
      const { stream, events } = pending.request;
      const last = byEvent.get(`${events.at(-1)?.id ?? ''} ${stream}`);
      if (last !== undefined) pending.resolve(resultOf(last));
      else await this.settle(pending, attempt + 1);
    }
  }

  private send(requests: readonly AppendRequest[]): Promise<PlaceRow[]> {
    const streams: string[] = [];
    const expected: (number | null)[] = [];
    const over: (string | null)[] = [];
    const ahead: number[] = [];
    const journalLengths = new Map<string, number>();
    for (const request of requests) {
      let place = journalLengths.get(request.stream) ?? 0;
      for (let count = 0; count < request.events.length; count += 1) {
        streams.push(request.stream);
        if (typeof request.expected === 'object') {
          expected.push(request.expected.after);
          over.push(request.expected.over.join(' '));
        } else {
          expected.push(request.expected === 'any' ? null : wantedHead(request.expected));
          over.push(null);
        }
        ahead.push((place += 1));
      }
      journalLengths.set(request.stream, place);
    }
    const events = requests.flatMap((request) => request.events);
    return this.connections.write<PlaceRow>({
      name: 'event-store-append',
      text: this.appendText,
      values: [
        streams,
        expected,
        over,
        ahead,
        events.map(({ id }) => id),
        events.map(({ type }) => type),
        events.map(({ data }) => data),
        events.map(({ metadata }) => metadata),
      ],
    });
  }

  /** After contention nothing of the group stands: finds out whose it was by sending smaller groups. */
  private async appendApart(
    group: readonly PendingAppend[],
    cause: Contention,
    attempt: number,
  ): Promise<void> {
    const byStream = new Map<string, PendingAppend[]>();
    for (const pending of group) {
      const { stream } = pending.request;
      byStream.set(stream, [...(byStream.get(stream) ?? []), pending]);
    }
    const [first] = group;
    if (byStream.size > 1) {
      for (const part of byStream.values()) await this.appendTogether(part, attempt);
    } else if (group.length === 1 && first !== undefined && !goesAgain(first.request, cause, attempt)) {
      await this.settle(first, attempt);
    } else if (cause.constraint === PLACE_CONSTRAINT) {
      await this.appendTogether(group, attempt);
    } else {
      // One of these journal appends is a repetition.
      for (const pending of group) await this.appendTogether([pending], attempt);
    }
  }

  /** An append that was not made: a repetition, a conflict, or one to try again. */
  private async settle(pending: PendingAppend, attempt: number): Promise<void> {
    try {
      const outcome = await this.outcomeOf(pending.request, attempt);
      if (outcome === 'again') await this.appendTogether([pending], attempt);
      else pending.resolve(outcome);
    } catch (error) {
      pending.reject(error as Error);
    }
  }

  private async outcomeOf(request: AppendRequest, attempt: number): Promise<AppendResult | 'again'> {
    const { stream, expected, events } = request;
    if (expected === 'any') {
      await this.connections.write({ name: 'event-store-list', text: this.listText, values: [stream] });
      const known = await this.reader.eventsById(request);
      if (known.length === 0) return 'again';
      const last = known.find(([, , , , id]) => id === events.at(-1)?.id);
      if (known.length === events.length && last !== undefined) return resultOf(last);
    } else if (typeof expected === 'object') {
      if (attempt < MOST_PASSES && (await this.reader.mayPass(stream, expected))) return 'again';
    } else {
      const wanted = wantedHead(expected);
      const there = await this.reader.eventsAt(request, wanted);
      const last = there.at(-1);
      if (
        last !== undefined &&
        sameEvents(
          request,
          there.map(([, , , , id]) => ({ id })),
        )
      )
        return resultOf(last);
      const head = await this.reader.headRevision(stream);
      // The stream has reached the expected revision only after the statement looked.
      if ((head ?? -1) === wanted) return 'again';
      throw new RevisionConflict(stream, expected, head);
    }
    throw new RevisionConflict(stream, expected, await this.reader.headRevision(stream));
  }
}

/** Another has taken the place of one that may perhaps pass over it: the statement itself looks whether it may. */
const goesAgain = ({ expected }: AppendRequest, { constraint }: Contention, attempt: number): boolean =>
  typeof expected === 'object' && constraint === PLACE_CONSTRAINT && attempt < MOST_PASSES;

const resultOf = ([xid, position, , revision, , recordedAt]: PlaceRow): AppendResult => ({
  revision,
  position: positionOf(xid, position),
  recordedAt: recordedAt.toISOString(),
});
