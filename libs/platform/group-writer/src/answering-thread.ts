import { Worker } from 'node:worker_threads';
import { ThreadLeash } from './thread-leash.js';
import {
  errorOf as plainErrorOf,
  type Failure,
  type FromThread,
  type ThreadStart,
  type ToThread,
} from './thread-messages.js';

/** The thread ended before it answered. */
export class ThreadEnded extends Error {
  readonly code = 'THREAD.ENDED';

  /** @param wasAsked whether the question had been sent: what it asked for may have been done */
  constructor(
    readonly wasAsked: boolean,
    cause: unknown,
  ) {
    super('The thread has ended', { cause });
  }
}

/** Why a thread ended says more than that it did. */
export const causeOf = (error: unknown): unknown =>
  error instanceof ThreadEnded ? (error.cause ?? error) : error;

export interface AnsweringThreadOptions<Data> {
  /** JavaScript that calls `answerOnThread`. */
  readonly script: string;
  readonly name: string;
  /** What it opens. */
  readonly data: Data;
  /** Gives the error that a failure in the thread is here, where some have classes of their own. */
  readonly errorOf?: (failure: Failure) => Error;
}

/** What a thread works on lives as long as one question: the large young generation of the main thread would only fill memory. */
const YOUNG_GENERATION_MB = 16;

interface Waiting<Answer> {
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: Error) => void;
}

/**
 * One life of a thread that answers questions in the order asked, such as one that writes a file: neither inserts nor flushes of the disk
 * stop the event loop then. It keeps the process alive only while it has something to do.
 */
export class AnsweringThread<Question, Answer> {
  /** Resolves once the thread is gone, its files closed and its locks free, however it ended. */
  readonly gone: Promise<void>;
  private readonly waiting: Waiting<Answer>[] = [];
  private isGone = false;
  private cause: unknown;
  private opened: Waiting<void> | undefined;

  private constructor(
    private readonly worker: Worker,
    private readonly leash: ThreadLeash,
    private readonly errorOf: (failure: Failure) => Error,
  ) {
    worker.on('message', (message: FromThread<Answer>) => this.hear(message));
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
        this.opened?.reject(new ThreadEnded(false, this.cause));
        resolve();
      });
    });
  }

  /** Resolves when it has opened what it works on. @throws what `errorOf` makes of its failure @throws ThreadEnded */
  static async start<Question, Answer, Data>({
    script,
    name,
    data,
    errorOf = plainErrorOf,
  }: AnsweringThreadOptions<Data>): Promise<AnsweringThread<Question, Answer>> {
    const leash = new ThreadLeash();
    const workerData: ThreadStart<Data> = { data, leash: leash.memory };
    const thread = new AnsweringThread<Question, Answer>(
      new Worker(script, {
        workerData,
        name,
        resourceLimits: { maxYoungGenerationSizeMb: YOUNG_GENERATION_MB },
      }),
      leash,
      errorOf,
    );
    try {
      await new Promise<void>((resolve, reject) => (thread.opened = { resolve, reject }));
    } catch (error) {
      await thread.gone;
      throw error;
    }
    thread.worker.unref();
    return thread;
  }

  /**
   * Answers come in the order asked.
   * @throws what `errorOf` makes of a failure
   * @throws ThreadEnded at once if it was not asked any more, else when `failQuestions` says so
   */
  async ask(question: Question): Promise<Answer> {
    if (this.isGone) throw new ThreadEnded(false, this.cause);
    this.send({ kind: 'question', question });
    if (this.waiting.length === 0) this.worker.ref();
    return new Promise((resolve, reject) => this.waiting.push({ resolve, reject }));
  }

  /** Tells those who wait for an answer of a thread that is gone that there will be none. */
  failQuestions(): void {
    for (const { reject } of this.waiting.splice(0)) reject(new ThreadEnded(true, this.cause));
  }

  /** Closes what it has open and ends the thread. */
  async close(): Promise<void> {
    this.worker.ref();
    this.send({ kind: 'close' });
    await this.gone;
  }

  /** Ends the thread after the question that it works on, whose answer may be lost: as a crash does. */
  terminate(): void {
    this.leash.hold();
    void this.worker.terminate();
  }

  private send(message: ToThread<Question>): void {
    this.worker.postMessage(message);
  }

  private hear(message: FromThread<Answer>): void {
    if (message.kind === 'opened' || this.opened !== undefined) {
      const { opened } = this;
      this.opened = undefined;
      if (message.kind === 'failed') opened?.reject(this.errorOf(message.failure));
      else opened?.resolve();
      return;
    }
    const asked = this.waiting.shift();
    if (this.waiting.length === 0) this.worker.unref();
    if (message.kind === 'failed') asked?.reject(this.errorOf(message.failure));
    else asked?.resolve(message.answer);
  }
}
