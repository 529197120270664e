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
  type SubscribeOptions,
} from './event-store.port.js';
import { EventStoreDbConnection } from './eventstoredb-connection.js';
import { closedError } from './eventstoredb-errors.js';
import { EventStoreDbLanes } from './eventstoredb-lanes.js';
import { comparePlaces, placeOf } from './eventstoredb-positions.js';
import { EventStoreDbReader } from './eventstoredb-reader.js';
import { type BackOff, followEventStoreDb } from './eventstoredb-subscription.js';
import { EventStoreDbWriter } from './eventstoredb-writer.js';
import { appendRequest } from './new-events.js';

export interface EventStoreDbOptions {
  /** `esdb://`, `esdb+discover://`, `kurrentdb://` …, with user and password unless the server takes none. */
  readonly connectionString: string;
  /** Source of `recordedAt`; default the system's clock. */
  readonly now?: () => Date;
  /** Milliseconds after which an append's outcome counts as unknown; default 10,000. */
  readonly appendDeadline?: number;
  /** Milliseconds after which a read counts as lost; default 30,000. */
  readonly readDeadline?: number;
  /** Pauses before a broken subscription is renewed; default 500 to 30,000 milliseconds. */
  readonly backOff?: BackOff;
  /** Whether appends share one stream to the server; default only over TLS without a user, where the client does not do without. */
  readonly batchAppends?: boolean;
}

/** A stream that nobody writes: reading it asks whether the leader answers. */
const PROBE = '$registry-probe';

/**
 * Opens the event store in an EventStoreDB or KurrentDB, version 23.10 or later, that is used by registries alone
 * (docs/adr/0016-eventstoredb-adapter.md). Any number of processes may append. Open one per process: the client rejects
 * appends of all its instances together.
 *
 * Subscriptions of a store that is closed end.
 * @throws StoreUnavailable the server cannot be reached
 */
export const openEventStoreDb = async (options: EventStoreDbOptions): Promise<EventStore> => {
  const connection = new EventStoreDbConnection(
    options.connectionString,
    { append: options.appendDeadline ?? 10_000, read: options.readDeadline ?? 30_000 },
    options.batchAppends,
  );
  const reader = new EventStoreDbReader(connection);
  try {
    await reader.eventAt(PROBE, 0);
  } catch (error) {
    await connection.close();
    throw error;
  }
  const writer = new EventStoreDbWriter(connection, reader, options.now ?? (() => new Date()));
  return new EventStoreDb(connection, reader, writer, options.backOff ?? { first: 500, last: 30_000 });
};

class EventStoreDb implements EventStore {
  private readonly lanes: EventStoreDbLanes;

  constructor(
    private readonly connection: EventStoreDbConnection,
    private readonly reader: EventStoreDbReader,
    private readonly writer: EventStoreDbWriter,
    private readonly backOff: BackOff,
  ) {
    this.lanes = new EventStoreDbLanes(writer);
  }

  async append(
    stream: string,
    expected: ExpectedRevision,
    events: readonly NewEvent[],
  ): Promise<AppendResult> {
    if (this.connection.isClosed) throw closedError();
    return this.lanes.add(appendRequest(stream, expected, events));
  }

  async read(stream: string, options?: ReadOptions): Promise<RecordedEvent[]> {
    const events = await this.reader.read(stream, options);
    // Whoever reads a stream often appends to it next.
    this.writer.note(options?.direction === 'backwards' ? events[0] : events.at(-1));
    return events;
  }

  async heads(streams: readonly string[]): Promise<(RecordedEvent | undefined)[]> {
    const heads = await this.reader.heads(streams);
    for (const head of heads) this.writer.note(head);
    return heads;
  }

  async readAll(options?: ReadAllOptions): Promise<AllPage> {
    return this.reader.page(options);
  }

  subscribe(options: SubscribeOptions): AsyncIterable<AllPage> {
    return followEventStoreDb(this.connection, options, this.backOff);
  }

  comparePositions(a: Position, b: Position): number {
    return comparePlaces(placeOf(a), placeOf(b));
  }

  async close(): Promise<void> {
    await this.lanes.close();
    await this.connection.close();
  }
}
