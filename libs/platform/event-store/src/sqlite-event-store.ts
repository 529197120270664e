import { type EventStore } from './event-store.port.js';
import { RecordedAtClock } from './recorded-at.js';
import { openForReading, openForWriting } from './sqlite-database.js';
import { InlineWriter } from './sqlite-inline-writer.js';
import { ReadOnlySqliteStore } from './sqlite-read-only-store.js';
import { SqliteReader } from './sqlite-reader.js';
import { ThreadedWriter } from './sqlite-threaded-writer.js';
import { SqliteView } from './sqlite-view.js';
import { SqliteWriterThread } from './sqlite-writer-thread.js';
import { WritingSqliteStore } from './sqlite-writing-store.js';
import { turn } from './wake-up.js';

export interface SqliteEventStoreOptions {
  /** Path of the database; its folder must exist. */
  readonly file: string;
  /** Source of `recordedAt`, called on this thread; default the system's clock. */
  readonly now?: () => Date;
  /** For tools beside the process that writes: reads and subscribes, refuses to append. */
  readonly readOnly?: boolean;
  /** How often a read-only store looks for new events, in milliseconds; default 50. */
  readonly pollInterval?: number;
  /**
   * `inline` (default): appends are written on this thread, which stands still while the disk is flushed. `thread`: on
   * another, for processes that have more to do.
   */
  readonly writer?: 'inline' | 'thread';
}

/**
 * Opens the event store in an SQLite file (docs/adr/0002-event-store-port.md). One process writes; any number may have
 * it open `readOnly`. Appends made in one turn of the event loop, or while others are written, share one flush of the
 * disk.
 *
 * Subscriptions of a store that is closed end. Events are frozen when they come from memory.
 * @throws StoreInUse the file is open for writing elsewhere
 * @throws StoreUnusable the file was written by something else or something newer
 * @throws StoreUnavailable `readOnly` and there is no such file
 */
export const openSqliteEventStore = async (options: SqliteEventStoreOptions): Promise<EventStore> => {
  const { file, now = () => new Date(), readOnly = false, pollInterval = 50, writer = 'inline' } = options;
  await turn();
  if (readOnly) return new ReadOnlySqliteStore(openForReading(file), pollInterval);
  return writer === 'thread' ? openThreaded(file, now) : openInline(file, now);
};

const openInline = (file: string, now: () => Date): EventStore => {
  const files = openForWriting(file);
  const reader = new SqliteReader(files.database);
  const { number, recordedAt } = reader.last();
  const view = new SqliteView(reader, number);
  return new WritingSqliteStore(new InlineWriter(files, reader), view, new RecordedAtClock(now, recordedAt));
};

const openThreaded = async (file: string, now: () => Date): Promise<EventStore> => {
  const thread = await SqliteWriterThread.start(file);
  try {
    const database = openForReading(file);
    const reader = new SqliteReader(database);
    const { number, recordedAt } = reader.last();
    const view = new SqliteView(reader, number);
    const clock = new RecordedAtClock(now, recordedAt);
    return new WritingSqliteStore(new ThreadedWriter(file, thread, database, view, clock), view, clock);
  } catch (error) {
    await thread.close();
    throw error;
  }
};
