import type { DatabaseSyncInstance } from '@photostructure/sqlite';
import {
  type AppendResult,
  type Position,
  type ReadAllOptions,
  type ReadOptions,
  type RecordedEvent,
  StoreUnavailable,
} from './event-store.port.js';
import { numberedPosition, positionNumber } from './log-position.js';
import { freezeDeep } from './new-events.js';
import { PassedEvents } from './passed-events.js';
import { NO_END, SqliteReader } from './sqlite-reader.js';
import { SqliteStore } from './sqlite-store.js';
import { type ScannedPage } from './subscription.js';
import { pause, turn } from './wake-up.js';

/**
 * A store beside the process that writes: looks into the file for everything. Only what an event says, which never changes, it need not read
 * again: whoever follows the log asks for the heads of the streams that it has just been told of.
 */
export class ReadOnlySqliteStore extends SqliteStore {
  private readonly reader: SqliteReader;
  private readonly passed = new PassedEvents();

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
    return this.reader.page(options, this.reader.last().number, (event) => this.passed.add(event));
  }

  protected headsOf(streams: readonly string[]): (RecordedEvent | undefined)[] {
    return this.reader.together(() =>
      this.reader.headPlaces(streams).map((place) => {
        if (place === null) return undefined;
        const passed = this.passed.at(numberedPosition(place));
        // It is shared with whoever had the page.
        return passed === undefined ? this.reader.eventAt(place) : freezeDeep(passed);
      }),
    );
  }
}
