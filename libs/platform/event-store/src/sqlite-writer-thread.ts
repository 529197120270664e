import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { AppendOutcomeUnknown, StoreUnavailable } from './event-store.port.js';
import { type AppendRequest } from './new-events.js';
import { ThreadLeash } from './thread-leash.js';
import { type Fate } from './sqlite-fates.js';
import {
  type FromWriter,
  type ToWriter,
  type WriterThreadData,
  errorOf,
  flattenGroup,
  unflattenFates,
} from './sqlite-writer-messages.js';

/**
 * Threads run compiled JavaScript only. In production this folder is `dist` itself; tests that run the sources find the
 * library's `dist` beside them and need it built (`tsc --build`).
 */
const SCRIPT = join(__dirname, '..', 'dist', 'sqlite-writer-worker.js');

interface Question {
  readonly resolve: (fates: readonly Fate[]) => void;
  readonly reject: (error: Error) => void;
}

/** One life of a writer thread. It keeps the process alive only while it has something to do. */
export class SqliteWriterThread {
  /** Resolves once the thread is gone, its files closed and its lock free, however it ended. */
  readonly gone: Promise<void>;
  /** Groups sent and not answered, in the order sent, which is the order of the answers. */
  private readonly questions: Question[] = [];
  private isGone = false;
  private cause: unknown;

  private constructor(
    private readonly worker: Worker,
    private readonly leash: ThreadLeash,
  ) {
    worker.on('message', (message: FromWriter) => this.answer(message));
    worker.on('error', (error) => (this.cause = error));
    worker.on('messageerror', (error) => {
      this.cause = error;
      this.terminate();
    });
    // Ending the process ends its threads.
    const hold = (): void => leash.hold();
    process.once('exit', hold);
    this.gone = new Promise((resolve) => {
      worker.once('exit', () => {
        process.off('exit', hold);
        this.isGone = true;
        resolve();
      });
    });
  }

  /**
   * Starts a thread that holds the file open for writing.
   * @throws StoreInUse
   * @throws StoreUnusable
   * @throws StoreUnavailable the thread ended
   */
  static async start(file: string): Promise<SqliteWriterThread> {
    const leash = new ThreadLeash();
    const workerData: WriterThreadData = { file, leash: leash.memory };
    const worker = new Worker(SCRIPT, { workerData, name: 'event-store-writer' });
    const thread = new SqliteWriterThread(worker, leash);
    const ended = thread.gone.then(() => Promise.reject(thread.endedError()));
    try {
      await Promise.race([thread.nextAnswer(), ended]);
      return thread;
    } catch (error) {
      await thread.gone;
      throw error;
    }
  }

  /**
   * Sends a group; answers come in the order sent.
   * @throws AppendOutcomeUnknown also if the thread ends before it answers: then `failQuestions` says so
   * @throws StoreUnavailable
   */
  async write(group: readonly AppendRequest[], recordedAt: string): Promise<readonly Fate[]> {
    if (this.isGone) throw this.endedError();
    this.send({ kind: 'group', recordedAt, group: flattenGroup(group) });
    return this.nextAnswer();
  }

  /** Tells those who wait for an answer that there will be none. */
  failQuestions(): void {
    for (const { reject } of this.questions.splice(0)) {
      reject(
        new AppendOutcomeUnknown('The thread that writes the event store has ended', { cause: this.cause }),
      );
    }
  }

  /** Closes the files and ends the thread. */
  async close(): Promise<void> {
    this.worker.ref();
    this.send({ kind: 'close' });
    await this.gone;
  }

  /** Ends the thread after the group that it is writing, whose answer may be lost: as a crash does. */
  terminate(): void {
    this.leash.hold();
    void this.worker.terminate();
  }

  private nextAnswer(): Promise<readonly Fate[]> {
    if (this.questions.length === 0) this.worker.ref();
    return new Promise((resolve, reject) => this.questions.push({ resolve, reject }));
  }

  private endedError(): StoreUnavailable {
    return new StoreUnavailable('The thread that writes the event store has ended', { cause: this.cause });
  }

  private send(message: ToWriter): void {
    this.worker.postMessage(message);
  }

  private answer(message: FromWriter): void {
    const question = this.questions.shift();
    if (this.questions.length === 0) this.worker.unref();
    if (message.kind === 'failed') question?.reject(errorOf(message.failure));
    else question?.resolve(message.kind === 'fates' ? unflattenFates(message.fates) : []);
  }
}
