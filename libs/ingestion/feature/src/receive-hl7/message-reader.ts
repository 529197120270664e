import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Inject, Injectable, Optional, type OnApplicationShutdown } from '@nestjs/common';
import { AnsweringThread, causeOf, errorOf, GroupCommit, ThreadEnded } from '@registry/group-writer';
import { errorCode, LOGGER, type Logger } from '@registry/observability';
import type { ReadOutcome } from './read-message-worker.js';
import { readMessage, type MessageToRead, type ReadMessage } from './read-message.js';

/** Beside this file where it is compiled. Tests that run the sources have none, and read where they are. */
const SCRIPT = join(__dirname, 'read-message-worker.js');
/** Messages that cross together: a crossing costs both threads more than what crosses. */
const LARGEST_GROUP = 32;
const GROUPS_UNDER_WAY = 2;

type Thread = AnsweringThread<readonly MessageToRead[], readonly ReadOutcome[]>;

/**
 * Reads messages on a thread of its own, which takes nothing from the one that answers requests; in the order asked. While there is no
 * thread (the first message starts it, and one that ends is replaced), messages are read here.
 */
@Injectable()
export class MessageReader implements OnApplicationShutdown {
  private thread: Thread | undefined;
  private starting: Promise<void> | undefined;
  private closed = false;
  private readonly group = new GroupCommit<MessageToRead, ReadMessage>((messages) => this.readAll(messages), {
    largestGroup: LARGEST_GROUP,
    underWay: GROUPS_UNDER_WAY,
  });

  /** @param script that the thread runs */
  constructor(
    @Inject(LOGGER) private readonly logger: Logger,
    @Optional() private readonly script: string = SCRIPT,
  ) {}

  async read(message: MessageToRead): Promise<ReadMessage> {
    if (this.thread === undefined) {
      this.start();
      return readMessage(message);
    }
    return this.group.add(message);
  }

  /** Resolves when the thread, if there is to be one, is there. */
  async started(): Promise<void> {
    await this.starting;
  }

  async onApplicationShutdown(): Promise<void> {
    this.closed = true;
    await this.starting;
    await this.group.drained();
    await this.thread?.close();
  }

  /** As a crash does. */
  terminate(): void {
    this.thread?.terminate();
  }

  private async readAll(
    messages: readonly MessageToRead[],
  ): Promise<({ result: ReadMessage } | { error: Error })[]> {
    try {
      const outcomes =
        (await this.thread?.ask(messages)) ?? messages.map((message) => ({ read: readMessage(message) }));
      return outcomes.map((outcome) =>
        'read' in outcome ? { result: outcome.read } : { error: errorOf(outcome.failure) },
      );
    } catch (error) {
      if (!(error instanceof ThreadEnded)) throw error;
      return messages.map((message) => ({ result: readMessage(message) }));
    }
  }

  private start(): void {
    if (this.starting !== undefined || this.closed || !existsSync(this.script)) return;
    this.starting = this.launch().catch((error: unknown) =>
      // Everything goes on without one, a little slower; it is tried once.
      this.logger.warn('ingestion.reader-not-started', { code: errorCode(causeOf(error)) }),
    );
  }

  private async launch(): Promise<void> {
    const thread: Thread = await AnsweringThread.start({
      script: this.script,
      name: 'message-reader',
      data: undefined,
    });
    this.thread = thread;
    void thread.gone.then(() => {
      this.thread = undefined;
      this.starting = undefined;
      thread.failQuestions();
    });
  }
}
