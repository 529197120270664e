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
  private stopped = false;

  /** @param script that the thread runs */
  constructor(
    private readonly folder: string,
    private readonly logger: Logger,
    private readonly script: string = SCRIPT,
  ) {}

  /** Resolves when the thread, if there is to be one, is there. */
  async start(): Promise<void> {
    if (!existsSync(this.script)) return;
    try {
      const thread: Thread = await AnsweringThread.start({
        script: this.script,
        name: 'log-checkpoints',
        data: this.folder,
      });
      this.thread = thread;
      void thread.gone.then(() => thread.failQuestions());
      this.lookAfter(LOOK_EVERY_MS, thread);
    } catch (error) {
      this.report(error);
    }
  }

  /** To be called before the databases are closed: the last connection to close clears a log up, and that is its writer's work. */
  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.next);
    await this.thread?.close();
  }

  private lookAfter(pause: number, thread: Thread): void {
    if (this.stopped) return;
    this.next = setTimeout(() => void this.look(thread), pause);
    this.next.unref();
  }

  private async look(thread: Thread): Promise<void> {
    try {
      await thread.ask('checkpoint');
      this.lookAfter(LOOK_EVERY_MS, thread);
    } catch (error) {
      if (this.stopped) return;
      this.report(error);
      if (!(error instanceof ThreadEnded)) this.lookAfter(AFTER_FAILURE_MS, thread);
    }
  }

  /** Without it the writers do all by themselves. */
  private report(error: unknown): void {
    this.logger.warn('runtime.log-checkpoints-failed', { code: errorCode(causeOf(error)) });
  }
}
