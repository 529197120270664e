import type { DatabaseSyncInstance } from '@photostructure/sqlite';
import {
  type AppendResult,
  type Position,
  type ReadAllOptions,
  type ReadOptions,
  type RecordedEvent,
  StoreUnavailable,
} from './event-store.port.js';
import { positionNumber } from './log-position.js';
import { NO_END, SqliteReader } from './sqlite-reader.js';
import { SqliteStore } from './sqlite-store.js';
import { type ScannedPage } from './subscription.js';
import { pause, turn } from './wake-up.js';

/** A store beside the process that writes: looks into the file for everything. */
export class ReadOnlySqliteStore extends SqliteStore {
  private readonly reader: SqliteReader;

  constructor(
    private readonly database: DatabaseSyncInstance,
    private readonly pollInterval: number,
  ) {
    super();
    this.reader = new SqliteReader(database);
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

  protected events(stream: string, options: ReadOptions | undefined): RecordedEvent[] {
    return this.reader.read(stream, options, NO_END);
  }

  protected page(options: ReadAllOptions): ScannedPage {
    return this.reader.page(options, this.reader.last().number);
  }

  protected head(stream: string): RecordedEvent | undefined {
    return this.reader.head(stream, NO_END)?.event;
  }
}
