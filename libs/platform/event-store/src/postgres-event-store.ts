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
  StoreUnavailable,
  type SubscribeOptions,
} from './event-store.port.js';
import { appendRequest } from './new-events.js';
import { PostgresAppendQueue } from './postgres-append-queue.js';
import { PostgresConnections } from './postgres-connections.js';
import { PostgresLogWatch } from './postgres-log-watch.js';
import { PostgresReader, comparePlaces, placeOf } from './postgres-reader.js';
import { type PostgresTables, prepareSchema, tablesOf } from './postgres-schema.js';
import { PostgresWriter } from './postgres-writer.js';
import { type LogSource, type ScannedPage, followLog } from './subscription.js';

export interface PostgresEventStoreOptions {
  readonly connectionString: string;
  /** Connections at most; default 8. */
  readonly poolSize?: number;
  /** Schema of the tables, created if needed; default `event_store`. */
  readonly schema?: string;
  /** How often subscriptions look for events of other processes, in milliseconds; default 25. */
  readonly pollInterval?: number;
  /** Milliseconds after which a server that does not answer counts as gone; default 10,000. */
  readonly timeout?: number;
}

/**
 * Opens the event store in a PostgreSQL database, version 13 or later (docs/adr/0002-event-store-port.md). Any number
 * of processes may append. A transaction that writes anywhere in the same cluster holds subscribers back while it runs,
 * so give the store a cluster without long ones.
 *
 * Subscriptions of a store that is closed end.
 * @throws StoreUnavailable the server cannot be reached
 * @throws StoreUnusable the tables are of another version, or from a dump of another server
 */
export const openPostgresEventStore = async (options: PostgresEventStoreOptions): Promise<EventStore> => {
  const schema = options.schema ?? 'event_store';
  const tables = tablesOf(schema);
  const connections = new PostgresConnections({
    connectionString: options.connectionString,
    poolSize: Math.max(2, options.poolSize ?? 8),
    timeout: options.timeout ?? 10_000,
  });
  try {
    await prepareSchema(connections, schema, tables);
    return new PostgresEventStore(connections, tables, options.pollInterval ?? 25);
  } catch (error) {
    await connections.close();
    throw error;
  }
};

/** Statements under way at once: while one waits for the disk the next is made ready. */
const CONCURRENT_APPENDS = 2;

class PostgresEventStore implements EventStore, LogSource {
  private readonly closing = new AbortController();
  private readonly reader: PostgresReader;
  private readonly appends: PostgresAppendQueue;
  private readonly watch: PostgresLogWatch;

  constructor(
    private readonly connections: PostgresConnections,
    tables: PostgresTables,
    pollInterval: number,
  ) {
    this.reader = new PostgresReader(connections, tables);
    this.appends = new PostgresAppendQueue(
      new PostgresWriter(connections, this.reader, tables),
      CONCURRENT_APPENDS,
    );
    this.watch = new PostgresLogWatch(this.reader, pollInterval, this.closing.signal);
  }

  get isClosed(): boolean {
    return this.closing.signal.aborted;
  }

  async append(
    stream: string,
    expected: ExpectedRevision,
    events: readonly NewEvent[],
  ): Promise<AppendResult> {
    if (this.isClosed) throw closedError();
    const result = await this.appends.add(appendRequest(stream, expected, events));
    this.watch.nudge(placeOf(result.position));
    return result;
  }

  async read(stream: string, options?: ReadOptions): Promise<RecordedEvent[]> {
    return this.reader.read(stream, options);
  }

  async heads(streams: readonly string[]): Promise<(RecordedEvent | undefined)[]> {
    return this.reader.heads(streams);
  }

  async readAll(options?: ReadAllOptions): Promise<AllPage> {
    const { events, position, caughtUp } = await this.scan(options);
    return { events, position, caughtUp };
  }

  subscribe(options: SubscribeOptions): AsyncIterable<AllPage> {
    return followLog(this, options);
  }

  comparePositions(a: Position, b: Position): number {
    return comparePlaces(placeOf(a), placeOf(b));
  }

  async close(): Promise<void> {
    this.closing.abort();
    await this.appends.close();
    await this.connections.close();
  }

  async scan(options: ReadAllOptions = {}): Promise<ScannedPage> {
    return this.reader.page(options);
  }

  async untilMore(after: Position | undefined, signal: AbortSignal): Promise<void> {
    await this.watch.untilAfter(placeOf(after), signal);
  }
}

const closedError = (): StoreUnavailable => new StoreUnavailable('The event store is closed');
