import { Worker } from 'node:worker_threads';
import type { DeadLetter, RunningConsumer } from '@registry/messaging';
import { errorCode, type Logger } from '@registry/observability';
import type { StoreSettings } from './adapters.js';
import type { Configuration } from './configuration.js';
import type { Context } from './read-models.js';

/** What a consumer's thread is told when it starts. */
export interface ThreadSettings {
  readonly stores: StoreSettings;
  readonly logLevel: Configuration['LOG_LEVEL'];
  /** The contexts that it projects. */
  readonly owns: readonly Context[];
}

export type ThreadCall = 'start' | 'stop' | 'deadLetters' | 'replayDeadLetters';

export interface ThreadRequest {
  readonly id: number;
  readonly call: ThreadCall;
}

/** How far its consumer is. */
export interface Standing {
  readonly caughtUp: boolean;
  /** ms, as `RunningConsumer` has it */
  readonly lateness: number;
}

export type ThreadMessage =
  | { readonly kind: 'ready' }
  | ({ readonly kind: 'standing' } & Standing)
  | { readonly kind: 'answer'; readonly id: number; readonly result: unknown }
  | { readonly kind: 'failure'; readonly id: number; readonly code: string };

interface Waiting {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: Error) => void;
}

const RESTART_MS = 1_000;
/** As large as that of the main thread, for the same load. */
const YOUNG_GENERATION_MB = 64;

class ThreadFailed extends Error {
  constructor(readonly code: string) {
    super(code);
  }
}

/**
 * A consumer on a thread of its own: what it makes of messages takes nothing from the thread that answers requests. It only reads what that one writes
 * (events, keys), and is the only one that writes its read model. A thread that dies is started again, from its checkpoint.
 */
export class ConsumerThread implements RunningConsumer {
  private worker: Worker | undefined;
  private standing: Standing = { caughtUp: false, lateness: 0 };
  private running = false;
  private stopped = false;
  private lastId = 0;
  private readonly waiting = new Map<number, Waiting>();

  private constructor(
    readonly group: string,
    private readonly file: string,
    private readonly settings: ThreadSettings,
    private readonly logger: Logger,
  ) {}

  /** Resolves when its read model stands. @param file JavaScript that calls `runConsumerThread` */
  static async launch(
    group: string,
    file: string,
    settings: ThreadSettings,
    logger: Logger,
  ): Promise<ConsumerThread> {
    const thread = new ConsumerThread(group, file, settings, logger);
    await thread.spawn();
    return thread;
  }

  async start(): Promise<void> {
    this.running = true;
    await this.ask('start');
  }

  async stop(): Promise<void> {
    if (this.stopped) return;
    this.stopped = true;
    const { worker } = this;
    if (worker === undefined) return;
    const gone = new Promise((resolve) => worker.once('exit', resolve));
    await this.ask('stop').catch(() => undefined);
    await gone;
  }

  isCaughtUp(): boolean {
    return this.standing.caughtUp;
  }

  lateness(): number {
    return this.standing.lateness;
  }

  deadLetters(): Promise<DeadLetter[]> {
    return this.ask('deadLetters') as Promise<DeadLetter[]>;
  }

  replayDeadLetters(): Promise<{ readonly replayed: number; readonly remaining: number }> {
    return this.ask('replayDeadLetters') as ReturnType<RunningConsumer['replayDeadLetters']>;
  }

  private ask(call: ThreadCall): Promise<unknown> {
    const { worker } = this;
    if (worker === undefined) return Promise.reject(new ThreadFailed('READ_MODEL.CLOSED'));
    const id = (this.lastId += 1);
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve, reject });
      worker.postMessage({ id, call } satisfies ThreadRequest);
    });
  }

  private async spawn(): Promise<void> {
    const worker = new Worker(this.file, {
      workerData: this.settings,
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_GENERATION_MB },
    });
    const ready = new Promise<void>((resolve, reject) => {
      worker.once('error', reject);
      worker.once('exit', () => reject(new ThreadFailed('READ_MODEL.CLOSED')));
      worker.on('message', (message: ThreadMessage) => {
        if (message.kind === 'ready') resolve();
        else this.hear(message);
      });
    });
    await ready;
    this.worker = worker;
    worker.on('error', (error) => this.logger.error('consumer.thread-failed', { code: errorCode(error) }));
    worker.once('exit', () => this.gone());
  }

  private hear(message: Exclude<ThreadMessage, { kind: 'ready' }>): void {
    if (message.kind === 'standing') {
      this.standing = message;
      return;
    }
    const waiting = this.waiting.get(message.id);
    this.waiting.delete(message.id);
    if (message.kind === 'answer') waiting?.resolve(message.result);
    else waiting?.reject(new ThreadFailed(message.code));
  }

  private gone(): void {
    this.worker = undefined;
    this.standing = { caughtUp: false, lateness: 0 };
    for (const { reject } of this.waiting.values()) reject(new ThreadFailed('READ_MODEL.CLOSED'));
    this.waiting.clear();
    if (!this.stopped) setTimeout(() => this.again(), RESTART_MS);
  }

  private again(): void {
    if (this.stopped) return;
    this.spawn()
      .then(() => (this.running ? this.start() : undefined))
      .catch((error: unknown) => {
        this.logger.error('consumer.thread-not-started', { code: errorCode(error) });
        if (this.worker === undefined) setTimeout(() => this.again(), RESTART_MS);
      });
  }
}
