import { join } from 'node:path';
import { AnsweringThread, ThreadEnded } from '@registry/group-writer';
import type { KeyAnswer, KeyQuestion } from './key-table-messages.js';
import { ContentKeysUnavailable } from './stored-key.js';

/** Threads run compiled JavaScript only: tests of the sources find the library's `dist` beside them and need it built. */
const SCRIPT = join(__dirname, '..', 'dist', 'key-table-worker.js');

type Thread = AnsweringThread<KeyQuestion, KeyAnswer>;

/** The thread that writes `keys.db`. One that has ended is replaced when it is asked next: whatever it is asked can be asked again. */
export class KeyWriter {
  private constructor(
    private readonly file: string,
    private thread: Promise<Thread>,
  ) {}

  static async open(file: string): Promise<KeyWriter> {
    const thread = start(file);
    await thread;
    return new KeyWriter(file, thread);
  }

  /** @throws ContentKeysUnavailable there is no thread for now, or it ended, having done it or not */
  async ask(question: KeyQuestion): Promise<KeyAnswer> {
    const { thread } = this;
    let alive: Thread;
    try {
      alive = await thread;
    } catch (error) {
      throw this.withNext(thread, error);
    }
    try {
      return await alive.ask(question);
    } catch (error) {
      throw error instanceof ThreadEnded ? this.withNext(thread, error) : error;
    }
  }

  /** Whoever hears first that a thread is not there any more starts the next. */
  private withNext(ended: Promise<Thread>, cause: unknown): ContentKeysUnavailable {
    if (this.thread === ended) {
      this.thread = start(this.file);
      this.thread.catch(() => undefined);
    }
    return new ContentKeysUnavailable('There is no thread that writes the content keys', { cause });
  }

  async close(): Promise<void> {
    await (await this.thread.catch(() => undefined))?.close();
  }

  /** As a crash does. */
  async terminate(): Promise<void> {
    (await this.thread).terminate();
  }
}

const start = async (file: string): Promise<Thread> => {
  const thread: Thread = await AnsweringThread.start({
    script: SCRIPT,
    name: 'content-keys-writer',
    data: file,
  });
  void thread.gone.then(() => thread.failQuestions());
  return thread;
};
