import { BACKWARDS, END, FORWARDS, START } from '@eventstore/db-client';
import {
  type AllPage,
  type Position,
  type ReadAllOptions,
  type ReadOptions,
  type RecordedEvent,
  categoryOf,
} from './event-store.port.js';
import { type EventStoreDbConnection } from './eventstoredb-connection.js';
import { fromStored } from './eventstoredb-events.js';
import { comparePlaces, placeOf, positionOf } from './eventstoredb-positions.js';
import { pageLimit, scanLimit, streamRange } from './read-options.js';

/** Reads of heads under way at once. */
const CONCURRENT_HEADS = 32;

/** True for events of the registry that a reader wants, and not for the server's own, which begin with `$`. */
export const isWanted = (stream: string, categories: readonly string[] | undefined): boolean =>
  !stream.startsWith('$') && (categories?.includes(categoryOf(stream)) ?? true);

interface Reading {
  readonly backwards: boolean;
  /** A revision, or undefined for the stream's start or head. */
  readonly from?: number | undefined;
  readonly limit: number;
}

/** Reads from the leader, so that everything acknowledged is seen. */
export class EventStoreDbReader {
  constructor(private readonly connection: EventStoreDbConnection) {}

  async read(stream: string, options?: ReadOptions): Promise<RecordedEvent[]> {
    const { backwards, from, limit } = streamRange(options);
    // Also when there is nothing to look up: a store that is closed answers nothing.
    void this.connection.current;
    if (limit === 0 || from < 0) return [];
    if (options?.from === undefined) return this.events(stream, { backwards, limit });
    const events = await this.events(stream, { backwards, from, limit });
    if (!backwards || events.length > 0) return events;
    // Nothing at or below a revision beyond the head: not all servers go down to it by themselves.
    const head = await this.head(stream);
    return head === undefined || head.revision > from ? [] : this.events(stream, { backwards, limit });
  }

  /** Events from `from` on, for an append under way: with its shorter deadline. */
  async following(stream: string, from: number, limit: number): Promise<RecordedEvent[]> {
    return this.events(stream, { backwards: false, from, limit }, this.connection.deadlines.append);
  }

  async eventAt(stream: string, revision: number): Promise<RecordedEvent | undefined> {
    return (await this.following(stream, revision, 1))[0];
  }

  async heads(streams: readonly string[]): Promise<(RecordedEvent | undefined)[]> {
    void this.connection.current;
    const found = new Map<string, RecordedEvent | undefined>();
    const asked = [...new Set(streams)];
    const reader = async (): Promise<void> => {
      for (let stream = asked.pop(); stream !== undefined; stream = asked.pop()) {
        found.set(stream, await this.head(stream));
      }
    };
    await Promise.all(Array.from({ length: Math.min(CONCURRENT_HEADS, asked.length) }, reader));
    return streams.map((stream) => found.get(stream));
  }

  /** A page of the log. The client's reads of it take no filter, so what is not wanted is left out here. */
  async page({ after, limit: most, categories }: ReadAllOptions = {}): Promise<AllPage> {
    const start = after === undefined ? undefined : placeOf(after);
    const limit = pageLimit(most);
    const window = scanLimit(limit);
    // The start itself is read again, and one more event tells whether anything follows.
    const maxCount = window + 2;
    return this.connection.read(
      (client) =>
        client.readAll({ direction: FORWARDS, fromPosition: start ?? START, maxCount, requiresLeader: true }),
      () => {
        const events: RecordedEvent[] = [];
        let position: Position | undefined = after;
        let scanned = 0;
        let more = false;
        return {
          take: ({ event }) => {
            if (event === undefined || (start && comparePlaces(event.position, start) <= 0)) return true;
            more = events.length >= limit || scanned >= window;
            if (more) return false;
            scanned += 1;
            position = positionOf(event.position);
            if (isWanted(event.streamId, categories)) events.push(fromStored(event));
            return true;
          },
          result: () => ({ events, position, caughtUp: !more }),
        };
      },
    );
  }

  private async head(stream: string): Promise<RecordedEvent | undefined> {
    return (await this.events(stream, { backwards: true, limit: 1 }))[0];
  }

  private async events(
    stream: string,
    { backwards, from, limit }: Reading,
    deadline = this.connection.deadlines.read,
  ): Promise<RecordedEvent[]> {
    const fromRevision = from === undefined ? (backwards ? END : START) : BigInt(from);
    return this.connection.read(
      (client) =>
        client.readStream(stream, {
          direction: backwards ? BACKWARDS : FORWARDS,
          fromRevision,
          maxCount: limit,
          requiresLeader: true,
        }),
      () => {
        const events: RecordedEvent[] = [];
        return {
          take: ({ event }) => {
            if (event !== undefined) events.push(fromStored(event));
            return true;
          },
          result: () => events,
        };
      },
      deadline,
    );
  }
}
