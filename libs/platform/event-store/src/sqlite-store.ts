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
import { positionNumber } from './log-position.js';
import { type LogSource, type ScannedPage, followLog } from './subscription.js';
import { turn } from './wake-up.js';

/** A page with more events than this is worth a turn for others. */
const LONG_PAGE = 50;

/** What stores on SQLite have in common, whether they write or not. */
export abstract class SqliteStore implements EventStore, LogSource {
  protected closed = false;

  get isClosed(): boolean {
    return this.closed;
  }

  abstract append(
    stream: string,
    expected: ExpectedRevision,
    events: readonly NewEvent[],
  ): Promise<AppendResult>;

  abstract untilMore(
    after: Position | undefined,
    signal: AbortSignal,
    categories: readonly string[] | undefined,
  ): Promise<void>;

  abstract close(): Promise<void>;

  async read(stream: string, options?: ReadOptions): Promise<RecordedEvent[]> {
    const events = this.reading(() => this.events(stream, options));
    if (events.length > LONG_PAGE) await turn();
    return events;
  }

  heads(streams: readonly string[]): Promise<(RecordedEvent | undefined)[]> {
    return new Promise((resolve) => {
      resolve(this.reading(() => this.headsOf(streams)));
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

  protected abstract events(stream: string, options: ReadOptions | undefined): RecordedEvent[];

  protected abstract page(options: ReadAllOptions): ScannedPage;

  /** The last event of each stream, in the order asked. */
  protected abstract headsOf(streams: readonly string[]): (RecordedEvent | undefined)[];

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

export const closedError = (): StoreUnavailable => new StoreUnavailable('The event store is closed');
