import type { DatabaseSyncInstance } from '@photostructure/sqlite';
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
import { GroupCommit } from './group-commit.js';
import { positionNumber } from './log-position.js';
import { type AppendRequest, appendRequest, freezeDeep } from './new-events.js';
import { pageLimit } from './read-options.js';
import { RecentEvents } from './recent-events.js';
import { RecentHeads } from './recent-heads.js';
import { RecordedAtClock } from './recorded-at.js';
import { openForReading, openForWriting } from './sqlite-database.js';
import { SqliteReader } from './sqlite-reader.js';
import { SqliteWriter } from './sqlite-writer.js';
import { type LogSource, type ScannedPage, followLog } from './subscription.js';
import { WakeUp, pause, turn } from './wake-up.js';

export interface SqliteEventStoreOptions {
  /** Path of the database; its folder must exist. */
  readonly file: string;
  /** Source of `recordedAt`; default the system's clock. */
  readonly now?: () => Date;
  /** For tools beside the process that writes: reads and subscribes, refuses to append. */
  readonly readOnly?: boolean;
  /** How often a read-only store looks for new events, in milliseconds; default 50. */
  readonly pollInterval?: number;
}

/**
 * Opens the event store in an SQLite file (docs/adr/0002-event-store-port.md). One process writes; any number may have
 * it open `readOnly`. Appends made in one turn of the event loop share one flush of the disk.
 *
 * Subscriptions of a store that is closed end. Events that subscriptions yield are frozen when they come from memory.
 * @throws StoreInUse the file is open for writing elsewhere
 * @throws StoreUnusable the file was written by something else or something newer
 * @throws StoreUnavailable `readOnly` and there is no such file
 */
export const openSqliteEventStore = async (options: SqliteEventStoreOptions): Promise<EventStore> => {
  await turn();
  return (options.readOnly ?? false)
    ? new ReadOnlySqliteEventStore(openForReading(options.file), options.pollInterval ?? 50)
    : new WritableSqliteEventStore(openForWriting(options.file), options.now ?? (() => new Date()));
};

/** A page with more events than this is worth a turn for others. */
const LONG_PAGE = 50;

abstract class SqliteEventStore implements EventStore, LogSource {
  protected closed = false;

  protected constructor(protected readonly reader: SqliteReader) {}

  get isClosed(): boolean {
    return this.closed;
  }

  abstract append(
    stream: string,
    expected: ExpectedRevision,
    events: readonly NewEvent[],
  ): Promise<AppendResult>;

  abstract untilMore(after: Position | undefined, signal: AbortSignal): Promise<void>;

  abstract close(): Promise<void>;

  async read(stream: string, options?: ReadOptions): Promise<RecordedEvent[]> {
    const events = this.reading(() => this.reader.read(stream, options));
    if (events.length > LONG_PAGE) await turn();
    return events;
  }

  heads(streams: readonly string[]): Promise<(RecordedEvent | undefined)[]> {
    return new Promise((resolve) => {
      resolve(this.reading(() => streams.map((stream) => this.head(stream))));
    });
  }

  async readAll(options?: ReadAllOptions): Promise<AllPage> {
    const { events, position, caughtUp } = await this.scan(options);
    return { events, position, caughtUp };
  }

  async scan(options: ReadAllOptions = {}): Promise<ScannedPage> {
    const page = this.reading(() => this.page(options));
    if (page.scanned > LONG_PAGE) await turn();
    return page;
  }

  subscribe(options: SubscribeOptions): AsyncIterable<AllPage> {
    return followLog(this, options);
  }

  comparePositions(a: Position, b: Position): number {
    return positionNumber(a) - positionNumber(b);
  }

  protected abstract page(options: ReadAllOptions): ScannedPage;

  protected abstract head(stream: string): RecordedEvent | undefined;

  protected reading<T>(work: () => T): T {
    if (this.isClosed) throw closedError();
    try {
      return work();
    } catch (error) {
      // A position of another store is the caller's mistake, all else the database's trouble.
      if (error instanceof RangeError) throw error;
      throw new StoreUnavailable('The event store could not read', { cause: error });
    }
  }
}

class WritableSqliteEventStore extends SqliteEventStore {
  private readonly recent: RecentEvents;
  private readonly recentHeads = new RecentHeads();
  private readonly appends: GroupCommit<AppendRequest, AppendResult>;
  private readonly grown = new WakeUp();

  constructor(
    private readonly files: { readonly database: DatabaseSyncInstance; close(): void },
    now: () => Date,
  ) {
    const reader = new SqliteReader(files.database);
    super(reader);
    const { number, recordedAt } = reader.last();
    this.recent = new RecentEvents(number);
    const writer = new SqliteWriter(
      files.database,
      reader,
      new RecordedAtClock(now, recordedAt),
      (events) => {
        for (const event of events) this.recentHeads.set(event.stream, this.recent.push(event));
        this.grown.wake();
      },
    );
    this.appends = new GroupCommit((group) => writer.appendGroup(group));
  }

  async append(
    stream: string,
    expected: ExpectedRevision,
    events: readonly NewEvent[],
  ): Promise<AppendResult> {
    if (this.isClosed) throw closedError();
    return this.appends.add(appendRequest(stream, expected, events));
  }

  async untilMore(after: Position | undefined, signal: AbortSignal): Promise<void> {
    if (!this.isClosed && this.recent.lastNumber <= positionNumber(after)) await this.grown.wait(signal);
  }

  async close(): Promise<void> {
    if (this.isClosed) return;
    this.closed = true;
    this.appends.flush();
    this.grown.wake();
    this.files.close();
    await turn();
  }

  protected page(options: ReadAllOptions): ScannedPage {
    const after = positionNumber(options.after);
    const inMemory = this.recent.page(after, pageLimit(options.limit), options.categories);
    return inMemory ?? this.reader.page(options, this.recent.lastNumber);
  }

  protected head(stream: string): RecordedEvent | undefined {
    const known = this.recentHeads.get(stream);
    if (known !== undefined) return known;
    const head = this.reader.head(stream);
    if (head === undefined) return undefined;
    freezeDeep(head);
    this.recentHeads.set(stream, () => head);
    return head;
  }
}

class ReadOnlySqliteEventStore extends SqliteEventStore {
  constructor(
    private readonly database: DatabaseSyncInstance,
    private readonly pollInterval: number,
  ) {
    super(new SqliteReader(database));
  }

  async append(): Promise<AppendResult> {
    await turn();
    throw new StoreUnavailable('The event store is open for reading only');
  }

  async untilMore(after: Position | undefined, signal: AbortSignal): Promise<void> {
    const seen = positionNumber(after);
    while (!signal.aborted && !this.isClosed) {
      await pause(this.pollInterval, signal);
      if (!this.isClosed && this.reading(() => this.reader.last().number) > seen) return;
    }
  }

  async close(): Promise<void> {
    if (this.isClosed) return;
    this.closed = true;
    this.database.close();
    await turn();
  }

  protected page(options: ReadAllOptions): ScannedPage {
    return this.reader.page(options, this.reader.last().number);
  }

  protected head(stream: string): RecordedEvent | undefined {
    return this.reader.head(stream);
  }
}

const closedError = (): StoreUnavailable => new StoreUnavailable('The event store is closed');
