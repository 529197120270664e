import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { AnsweringThread, causeOf, ThreadEnded } from '@registry/group-writer';
import { errorCode, type Logger } from '@registry/observability';

type Thread = AnsweringThread<'checkpoint', undefined>;

/** Threads run compiled JavaScript: from sources there is none, and nothing depends on one. */
const SCRIPT = join(__dirname, 'log-checkpoints-worker.js');
const LOOK_EVERY_MS = 100;
const AFTER_FAILURE_MS = 10_000;

/**
 * Brings what has gathered in the write-ahead logs of a folder's SQLite databases into their files, from a thread of its own. A writer whose
 * log has grown long does the same within a commit, and whoever waits for that commit waits for some tens of milliseconds, more where
 * the disk is slow; of what this has done already, a writer has little left to do.
 */
export class LogCheckpoints {
  private thread: Thread | undefined;
  private next: NodeJS.Timeout | undefined;
  private looking: Promise<void> = Promise.resolve();
  private stopped = false;

  /**
   * @param script that the thread runs
   * @param afterFailureMs until it is tried again, with another thread if need be
   */
  constructor(
    private readonly folder: string,
    private readonly logger: Logger,
    private readonly script: string = SCRIPT,
    private readonly afterFailureMs: number = AFTER_FAILURE_MS,
  ) {}

  /** Resolves when the thread, if there is to be one, is there. */
  async start(): Promise<void> {
    if (!existsSync(this.script)) return;
    try {
      this.thread = await this.open();
      this.lookAfter(LOOK_EVERY_MS);
    } catch (error) {
      this.tryAgain(error);
    }
  }

  /** To be called before the databases are closed: the last connection to close clears a log up, and that is its writer's work. */
  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.next);
    await this.looking;
    await this.thread?.close();
  }

  private async look(): Promise<void> {
    try {
      this.thread ??= await this.open();
      await this.thread.ask('checkpoint');
      this.lookAfter(LOOK_EVERY_MS);
    } catch (error) {
      this.tryAgain(error);
    }
  }

  private async open(): Promise<Thread> {
    const thread: Thread = await AnsweringThread.start({
      script: this.script,
      name: 'log-checkpoints',
      data: this.folder,
    });
    void thread.gone.then(() => thread.failQuestions());
    return thread;
  }

  private lookAfter(pause: number): void {
    if (this.stopped) return;
    this.next = setTimeout(() => {
      this.looking = this.look();
    }, pause);
    this.next.unref();
  }

  /** Until then the writers do all by themselves. */
  private tryAgain(error: unknown): void {
    if (error instanceof ThreadEnded) this.thread = undefined;
    this.logger.warn('runtime.log-checkpoints-failed', { code: errorCode(causeOf(error)) });
    this.lookAfter(this.afterFailureMs);
  }
}
