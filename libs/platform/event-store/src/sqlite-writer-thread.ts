import { join } from 'node:path';
import { AnsweringThread, ThreadEnded } from '@registry/group-writer';
import { AppendOutcomeUnknown, StoreUnavailable } from './event-store.port.js';
import { type AppendRequest } from './new-events.js';
import { type Fate } from './sqlite-fates.js';
import {
  type Flat,
  type WriterQuestion,
  flattenGroup,
  storeErrorOf,
  unflattenFates,
} from './sqlite-writer-messages.js';

/**
 * Threads run compiled JavaScript only. In production this folder is `dist` itself; tests that run the sources find the
 * library's `dist` beside them and need it built (`tsc --build`).
 */
const SCRIPT = join(__dirname, '..', 'dist', 'sqlite-writer-worker.js');

const ENDED = 'The thread that writes the event store has ended';

/** One life of the thread that writes the event store. */
export class SqliteWriterThread {
  private constructor(private readonly thread: AnsweringThread<WriterQuestion, readonly Flat[]>) {}

  /**
   * Starts a thread that holds the file open for writing.
   * @throws StoreInUse
   * @throws StoreUnusable
   * @throws StoreUnavailable the thread ended
   */
  static async start(file: string): Promise<SqliteWriterThread> {
    try {
      return new SqliteWriterThread(
        await AnsweringThread.start({
          script: SCRIPT,
          name: 'event-store-writer',
          data: file,
          errorOf: storeErrorOf,
        }),
      );
    } catch (error) {
      throw inStoreTerms(error);
    }
  }

  /** Resolves once the thread is gone, its files closed and its lock free, however it ended. */
  get gone(): Promise<void> {
    return this.thread.gone;
  }

  /**
   * Sends a group; answers come in the order sent.
   * @throws AppendOutcomeUnknown also if the thread ends before it answers: then `failQuestions` says so
   * @throws StoreUnavailable
   */
  async write(group: readonly AppendRequest[], recordedAt: string): Promise<readonly Fate[]> {
    try {
      return unflattenFates(await this.thread.ask({ recordedAt, group: flattenGroup(group) }));
    } catch (error) {
      throw inStoreTerms(error);
    }
  }

  /** Tells those who wait for an answer that there will be none. */
  failQuestions(): void {
    this.thread.failQuestions();
  }

  /** Closes the files and ends the thread. */
  close(): Promise<void> {
    return this.thread.close();
  }

  /** Ends the thread after the group that it is writing, whose answer may be lost: as a crash does. */
  terminate(): void {
    this.thread.terminate();
  }
}

const inStoreTerms = (error: unknown): unknown => {
  if (!(error instanceof ThreadEnded)) return error;
  const { wasAsked, cause } = error;
  return wasAsked ? new AppendOutcomeUnknown(ENDED, { cause }) : new StoreUnavailable(ENDED, { cause });
};
