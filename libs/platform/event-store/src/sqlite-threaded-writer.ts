import type { DatabaseSyncInstance } from '@photostructure/sqlite';
import { StoreUnavailable } from './event-store.port.js';
import { type AppendRequest } from './new-events.js';
import { type RecordedAtClock } from './recorded-at.js';
import { type Fate } from './sqlite-fates.js';
import { type SqliteView } from './sqlite-view.js';
import { SqliteWriterThread } from './sqlite-writer-thread.js';
import { type GroupWriter } from './sqlite-writing-store.js';
import { pause } from './wake-up.js';

const FIRST_PAUSE = 50;
const LAST_PAUSE = 2000;

/**
 * Commits groups in a thread of its own, so that neither inserts nor flushes of the disk stop the event loop. A thread
 * that ends is replaced; until then nothing can be appended, and reads go on.
 */
export class ThreadedWriter implements GroupWriter {
  /** While one is written and flushed, the next lies ready. */
  readonly groupsUnderWay = 2;
  private readonly closing = new AbortController();
  private thread: SqliteWriterThread | undefined;
  private replaced: Promise<void> = Promise.resolve();

  /**
   * @param thread holds `file` open
   * @param database of the view, which reads
   */
  constructor(
    private readonly file: string,
    thread: SqliteWriterThread,
    private readonly database: DatabaseSyncInstance,
    private readonly view: SqliteView,
    private readonly clock: RecordedAtClock,
  ) {
    this.use(thread);
  }

  async write(group: readonly AppendRequest[], recordedAt: string): Promise<readonly Fate[]> {
    if (this.thread === undefined) throw new StoreUnavailable('The event store is about to open again');
    return this.thread.write(group, recordedAt);
  }

  async close(): Promise<void> {
    this.closing.abort();
    await this.replaced;
    // Before the thread: the last connection to close may clear the write-ahead log, and only one that writes can.
    this.database.close();
    await this.thread?.close();
  }

  private use(thread: SqliteWriterThread): void {
    this.thread = thread;
    void thread.gone.then(() => {
      this.thread = undefined;
      this.replaced = this.replace(thread);
    });
  }

  private async replace(former: SqliteWriterThread): Promise<void> {
    // It is gone and commits nothing more: what it has committed, answered or not, is part of the log from here on.
    try {
      if (!this.closing.signal.aborted) this.view.applyAll();
    } catch {
      // It is tried again before anything else can be appended.
    }
    former.failQuestions();
    for (let wait = FIRST_PAUSE; !this.closing.signal.aborted; wait = Math.min(wait * 2, LAST_PAUSE)) {
      try {
        await this.startAnother();
        return;
      } catch {
        await pause(wait, this.closing.signal);
      }
    }
  }

  private async startAnother(): Promise<void> {
    const thread = await SqliteWriterThread.start(this.file);
    try {
      // For a moment the file was free for others to write.
      const newest = this.view.applyAll();
      if (newest !== undefined) this.clock.notBefore(newest);
    } catch (error) {
      await thread.close();
      throw error;
    }
    this.use(thread);
  }
}
