import {
  type AllPage,
  type AppendResult,
  type EventStore,
  type ExpectedRevision,
  type NewEvent,
  type Position,
  type ReadAllOptions,
  type ReadOptions,
  type RecordedEvent,
  RevisionConflict,
  StoreUnavailable,
  type SubscribeOptions,
  categoryOf,
} from './event-store.port.js';
import { numberedPosition, positionNumber } from './log-position.js';
import {
  type AppendRequest,
  appendRequest,
  freezeDeep,
  parseData,
  parseMetadata,
  resultOf,
  sameEvents,
  wantedHead,
} from './new-events.js';
import { pageLimit, scanLimit, streamRange } from './read-options.js';
import { RecordedAtClock } from './recorded-at.js';
import { type LogSource, type ScannedPage, followLog } from './subscription.js';
import { WakeUp, turn } from './wake-up.js';

export interface MemoryEventStoreOptions {
  /** Source of `recordedAt`; default the system's clock. */
  readonly now?: () => Date;
}

/** An event store that forgets everything with its process: for tests and demonstrations. Its events are frozen. */
export const createMemoryEventStore = (options: MemoryEventStoreOptions = {}): EventStore =>
  new MemoryEventStore(options.now ?? (() => new Date()));

interface MemoryStream {
  readonly events: RecordedEvent[];
  readonly byId: Map<string, RecordedEvent>;
}

class MemoryEventStore implements EventStore, LogSource {
  private readonly log: RecordedEvent[] = [];
  private readonly streams = new Map<string, MemoryStream>();
  private readonly grown = new WakeUp();
  private readonly clock: RecordedAtClock;
  private closed = false;

  constructor(now: () => Date) {
    this.clock = new RecordedAtClock(now);
  }

  get isClosed(): boolean {
    return this.closed;
  }

  async append(
    stream: string,
    expected: ExpectedRevision,
    events: readonly NewEvent[],
  ): Promise<AppendResult> {
    const request = appendRequest(stream, expected, events);
    // As in the durable stores, nothing has happened yet when the call returns.
    await turn();
    this.assertOpen();
    const last = this.earlierResult(request) ?? this.record(request);
    return resultOf(last);
  }

  async read(stream: string, options?: ReadOptions): Promise<RecordedEvent[]> {
    await turn();
    this.assertOpen();
    const events = this.streams.get(stream)?.events ?? [];
    const { backwards, from, limit } = streamRange(options);
    if (!backwards) return events.slice(from, from + limit);
    const end = Math.min(from + 1, events.length);
    return events.slice(Math.max(0, end - limit), end).reverse();
  }

  async heads(streams: readonly string[]): Promise<(RecordedEvent | undefined)[]> {
    await turn();
    this.assertOpen();
    return streams.map((stream) => this.streams.get(stream)?.events.at(-1));
  }

  async readAll(options?: ReadAllOptions): Promise<AllPage> {
    const { events, position, caughtUp } = await this.scan(options);
    return { events, position, caughtUp };
  }

  subscribe(options: SubscribeOptions): AsyncIterable<AllPage> {
    return followLog(this, options);
  }

  comparePositions(a: Position, b: Position): number {
    return positionNumber(a) - positionNumber(b);
  }

  async close(): Promise<void> {
    this.closed = true;
    this.grown.wake();
    await turn();
  }

  async scan(options: ReadAllOptions = {}): Promise<ScannedPage> {
    await turn();
    this.assertOpen();
    const after = positionNumber(options.after);
    const limit = pageLimit(options.limit);
    const end = Math.min(this.log.length, after + scanLimit(limit));
    const events: RecordedEvent[] = [];
    let number = after;
    while (number < end && events.length < limit) {
      const event = this.log[number++];
      if (event !== undefined && (options.categories?.includes(categoryOf(event.stream)) ?? true))
        events.push(event);
    }
    return {
      events,
      position: number === 0 ? undefined : numberedPosition(number),
      caughtUp: number >= this.log.length,
      scanned: number - after,
    };
  }

  async untilMore(after: Position | undefined, signal: AbortSignal): Promise<void> {
    if (!this.closed && this.log.length <= positionNumber(after)) await this.grown.wait(signal);
  }

  /** The last event of an append that was made before; undefined if it is new and may go ahead. */
  private earlierResult(request: AppendRequest): RecordedEvent | undefined {
    const stored = this.streams.get(request.stream);
    const head = (stored?.events.length ?? 0) - 1;
    if (typeof request.expected === 'object') {
      const { after, over } = request.expected;
      const since = stored?.events.slice(after + 1) ?? [];
      if (head >= after && since.every(({ type }) => over.includes(type))) return undefined;
    } else if (request.expected === 'any') {
      const known = request.events.filter(({ id }) => stored?.byId.has(id) ?? false);
      if (known.length === 0) return undefined;
      if (known.length === request.events.length) return stored?.byId.get(request.events.at(-1)?.id ?? '');
    } else {
      const wanted = wantedHead(request.expected);
      if (wanted === head) return undefined;
      const there = stored?.events.slice(wanted + 1, wanted + 1 + request.events.length) ?? [];
      if (sameEvents(request, there)) return there.at(-1);
    }
    throw new RevisionConflict(request.stream, request.expected, head < 0 ? undefined : head);
  }

  private record({ stream, events }: AppendRequest): RecordedEvent {
    const stored = this.streams.get(stream) ?? { events: [], byId: new Map<string, RecordedEvent>() };
    this.streams.set(stream, stored);
    const recordedAt = this.clock.next();
    let last: RecordedEvent | undefined;
    for (const { id, type, data, metadata } of events) {
      last = freezeDeep({
        id,
        type,
        data: parseData(data),
        metadata: parseMetadata(metadata),
        stream,
        revision: stored.events.length,
        position: numberedPosition(this.log.length + 1),
        recordedAt,
      });
      stored.events.push(last);
      // The first stays: as in the durable stores, an event that is appended again elsewhere is known by where it was first.
      if (!stored.byId.has(id)) stored.byId.set(id, last);
      this.log.push(last);
    }
    this.grown.wake();
    return last as RecordedEvent;
  }

  private assertOpen(): void {
    if (this.closed) throw new StoreUnavailable('The event store is closed');
  }
}
