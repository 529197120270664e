import type { Consumer, EachBatchPayload, InstrumentationEvent, Kafka } from 'kafkajs';
import { disconnect, KAFKA_RETRY } from './kafka-client.js';
import { pauseFor } from './retry.js';

export type Assignment = Readonly<Record<string, readonly number[]>>;

/** What a batch event of kafkajs says of a partition. */
export interface BatchSeen {
  readonly topic: string;
  readonly partition: number;
  readonly highWatermark: string;
  readonly lastOffset: string;
  /** Messages in it; marks of transactions do not count. */
  readonly batchSize: number;
}

export interface KafkaMemberSpec {
  readonly kafka: Kafka;
  readonly groupId: string;
  readonly topics: readonly string[];
  readonly sessionTimeoutMs: number;
  /** At each join, before anything is fetched; what it pauses synchronously stays unread until resumed. */
  readonly onAssigned: (consumer: Consumer, assignment: Assignment) => void;
  /** The consumer is gone, and with it its partitions, until the next `onAssigned`. */
  readonly onGone: () => void;
  /** After a batch, also one that held only marks of transactions and did not reach `eachBatch`. */
  readonly onBatchDone: (batch: BatchSeen) => void;
  readonly eachBatch: (payload: EachBatchPayload) => Promise<void>;
  readonly onTrouble: (error: unknown) => void;
}

/** How long a fetch waits for messages; a stop waits for it. */
const FETCH_WAIT_MS = 250;
const FIRST_RESTART_MS = 200;
const LAST_RESTART_MS = 5_000;

/**
 * A member of a consumer group that lives until it is stopped. kafkajs gives up on errors that it holds for final, and a
 * restart of its own cannot be called off; so it is told never to, and a consumer that crashed is replaced by a new one.
 */
export class KafkaMember {
  private readonly abort = new AbortController();
  private readonly running: Promise<void>;

  constructor(private readonly spec: KafkaMemberSpec) {
    this.running = this.run();
  }

  /** Resolves when the batch under way is done and the group is left. */
  async stop(): Promise<void> {
    this.abort.abort();
    await this.running;
  }

  private async run(): Promise<void> {
    const { signal } = this.abort;
    let pause = FIRST_RESTART_MS;
    while (!signal.aborted) {
      const began = performance.now();
      try {
        await this.live(signal);
      } catch (error) {
        this.spec.onTrouble(error);
      }
      this.spec.onGone();
      if (performance.now() - began > LAST_RESTART_MS) pause = FIRST_RESTART_MS;
      await pauseFor(pause, signal);
      pause = Math.min(pause * 2, LAST_RESTART_MS);
    }
  }

  /** One consumer's life. @throws what it crashed of */
  private async live(signal: AbortSignal): Promise<void> {
    const { kafka, groupId, topics, sessionTimeoutMs } = this.spec;
    const consumer = kafka.consumer({
      groupId,
      sessionTimeout: sessionTimeoutMs,
      heartbeatInterval: Math.floor(sessionTimeoutMs / 5),
      rebalanceTimeout: sessionTimeoutMs * 2,
      allowAutoTopicCreation: false,
      maxWaitTimeInMs: FETCH_WAIT_MS,
      retry: { ...KAFKA_RETRY, restartOnFailure: () => Promise.resolve(false) },
    });
    let stop: () => void = () => undefined;
    const ended = new Promise<void>((resolve, reject) => {
      stop = resolve;
      consumer.on(consumer.events.CRASH, ({ payload }) => reject(payload.error));
    });
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop);
    // Awaited only once the consumer runs.
    ended.catch(() => undefined);
    consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
      this.spec.onAssigned(consumer, payload.memberAssignment);
    });
    consumer.on(consumer.events.END_BATCH_PROCESS, ({ payload }: InstrumentationEvent<BatchSeen>) => {
      this.spec.onBatchDone(payload);
    });
    try {
      await consumer.connect();
      await consumer.subscribe({ topics: [...topics], fromBeginning: true });
      await consumer.run({
        autoCommit: false,
        eachBatchAutoResolve: false,
        partitionsConsumedConcurrently: 1,
        eachBatch: this.spec.eachBatch,
      });
      await ended;
    } finally {
      signal.removeEventListener('abort', stop);
      await disconnect(consumer);
    }
  }
}
