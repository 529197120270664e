import type { TopicName } from '@registry/contracts';
import type { Consumer, EachBatchPayload, Kafka, KafkaMessage } from 'kafkajs';
import { createKafka, DEFAULT_SESSION_TIMEOUT_MS, named, type KafkaOptions } from './kafka-client.js';
import { toContractEvent } from './kafka-envelope.js';
import { KafkaMember, type Assignment, type BatchSeen } from './kafka-member.js';
import { pauseFor, retry } from './retry.js';
import type { ConsumeOptions, Consumption, Messaging, TopicDeclaration } from './messaging.port.js';

/** Messages of a batch: as many as the thread that also answers requests can be held for. */
const PAGE_SIZE = 100;
const FIRST_RETRY_MS = 50;
const LAST_RETRY_MS = 5_000;

/** Messages between a consumer's checkpoint and the topic's first one are gone: the topic's retention is not endless. */
export class MessagesLost extends Error {
  readonly code = 'MESSAGING.MESSAGES_LOST';
  constructor(partition: string) {
    super(`${partition} begins after the checkpoint of its consumer`);
  }
}

/**
 * Messaging over Kafka (docs/adr/0015-kafka-behind-the-messaging-port.md). Declared topics are published by this
 * process's `KafkaRelay`; any topic can be consumed, whoever declares it. Topics must exist, see `ensureTopics`.
 */
export class KafkaMessaging implements Messaging {
  private readonly topics = new Map<TopicName, TopicDeclaration>();
  private readonly kafka: Kafka;

  constructor(
    private readonly options: KafkaOptions,
    private readonly pageSize = PAGE_SIZE,
  ) {
    this.kafka = createKafka(options);
  }

  declare(declaration: TopicDeclaration): void {
    if (this.topics.has(declaration.topic)) throw new Error(`Topic ${declaration.topic} is declared twice`);
    this.topics.set(declaration.topic, declaration);
  }

  /** What the relay of this process publishes. */
  declarations(): readonly TopicDeclaration[] {
    return [...this.topics.values()];
  }

  consume(options: ConsumeOptions): Consumption & { lag(): ReadonlyMap<string, number> } {
    return new KafkaConsumption(this.kafka, this.options, options, this.pageSize);
  }
}

interface Place {
  /** The next offset to handle. */
  position: bigint;
  /** The offset after the last message there is. */
  high: bigint;
}

/** What a member holds between two joins of its group. */
interface Tenure {
  readonly abort: AbortController;
  /** By partition id; filled once where to go on is known. */
  readonly places: Map<string, Place>;
  placed: boolean;
}

class KafkaConsumption implements Consumption {
  private readonly member: KafkaMember;
  private tenure: Tenure | undefined;
  private handling: Promise<unknown> = Promise.resolve();
  private stopped = false;
  private readonly topicOf: ReadonlyMap<string, TopicName>;
  private readonly heartbeatMs: number;

  constructor(
    private readonly kafka: Kafka,
    kafkaOptions: KafkaOptions,
    private readonly options: ConsumeOptions,
    private readonly pageSize: number,
  ) {
    this.topicOf = new Map(options.topics.map((topic) => [named(kafkaOptions, topic), topic]));
    const sessionTimeoutMs = kafkaOptions.sessionTimeoutMs ?? DEFAULT_SESSION_TIMEOUT_MS;
    this.heartbeatMs = Math.floor(sessionTimeoutMs / 5);
    this.member = new KafkaMember({
      kafka,
      groupId: named(kafkaOptions, options.group),
      topics: [...this.topicOf.keys()],
      sessionTimeoutMs,
      onAssigned: (consumer, assignment) => this.begin(consumer, assignment),
      onGone: () => this.end(),
      onBatchDone: (batch) => this.look(batch),
      eachBatch: (payload) => this.eachBatch(payload),
      onTrouble: (error) => options.onTrouble?.(error),
    });
  }

  async stop(): Promise<void> {
    this.stopped = true;
    this.end();
    await this.member.stop();
    await this.handling;
  }

  isCaughtUp(): boolean {
    if (this.tenure?.placed !== true) return false;
    return [...this.tenure.places.values()].every(({ position, high }) => position >= high);
  }

  lag(): ReadonlyMap<string, number> {
    return new Map(
      [...(this.tenure?.places ?? [])].map(([id, { position, high }]) => [
        id,
        high > position ? Number(high - position) : 0,
      ]),
    );
  }

  /**
   * The group gave this member its partitions. The consumer's own checkpoint says where to go on, not the offset that
   * Kafka keeps, so nothing is fetched until it is read: pausing here, synchronously, comes before the first fetch.
   */
  private begin(consumer: Consumer, assignment: Assignment): void {
    this.end();
    if (this.stopped) return;
    const tenure: Tenure = { abort: new AbortController(), places: new Map(), placed: false };
    this.tenure = tenure;
    const all = Object.entries(assignment).map(([topic, partitions]) => ({
      topic,
      partitions: [...partitions],
    }));
    consumer.pause(all);
    const { signal } = tenure.abort;
    void retry(() => this.place(consumer, all, tenure), signal, this.options.onTrouble);
  }

  private end(): void {
    this.tenure?.abort.abort();
    this.tenure = undefined;
  }

  private async place(
    consumer: Consumer,
    all: readonly { readonly topic: string; readonly partitions: readonly number[] }[],
    tenure: Tenure,
  ): Promise<void> {
    // What the last tenure still handles may move the checkpoint.
    await this.handling;
    const bounds = await this.bounds(all.map(({ topic }) => topic));
    const starts: { topic: string; partition: number; id: string; position: bigint; high: bigint }[] = [];
    for (const { topic, partitions } of all) {
      for (const partition of partitions) {
        const id = this.idOf(topic, partition);
        const { low, high } = bounds.get(`${topic}/${partition}`) ?? { low: 0n, high: 0n };
        const checkpoint = await this.options.checkpointOf(id);
        const wanted = checkpoint === undefined ? low : BigInt(checkpoint);
        if (wanted < low) this.options.onTrouble?.(new MessagesLost(id));
        starts.push({ topic, partition, id, position: wanted < low ? low : wanted, high });
      }
    }
    if (tenure.abort.signal.aborted) return;
    for (const { topic, partition, id, position, high } of starts) {
      tenure.places.set(id, { position, high });
      consumer.seek({ topic, partition, offset: String(position) });
    }
    tenure.placed = true;
    consumer.resume(all.map(({ topic, partitions }) => ({ topic, partitions: [...partitions] })));
  }

  /** First and next offset of each `<topic>/<partition>`. */
  private async bounds(topics: readonly string[]): Promise<Map<string, { low: bigint; high: bigint }>> {
    const admin = this.kafka.admin();
    await admin.connect();
    try {
      const bounds = new Map<string, { low: bigint; high: bigint }>();
      for (const topic of topics) {
        for (const { partition, low, high } of await admin.fetchTopicOffsets(topic)) {
          bounds.set(`${topic}/${partition}`, { low: BigInt(low), high: BigInt(high) });
        }
      }
      return bounds;
    } finally {
      await admin.disconnect();
    }
  }

  private async eachBatch(payload: EachBatchPayload): Promise<void> {
    const { batch } = payload;
    const heartbeat = () => payload.heartbeat();
    const { tenure } = this;
    const topic = this.topicOf.get(batch.topic);
    const place = tenure?.places.get(this.idOf(batch.topic, batch.partition));
    if (tenure === undefined || place === undefined || topic === undefined) return;
    place.high = BigInt(batch.highWatermark);
    const { signal } = tenure.abort;
    for (let from = 0; from < batch.messages.length; from += this.pageSize) {
      const page = batch.messages.slice(from, from + this.pageSize);
      const last = page.at(-1);
      if (last === undefined || signal.aborted || !payload.isRunning() || payload.isStale()) return;
      // Past the last message lie at most marks of transactions, which belong to nobody.
      const isLast = from + page.length === batch.messages.length;
      const next = BigInt(isLast ? batch.lastOffset() : last.offset) + 1n;
      if (!(await this.handlePage(topic, batch.partition, page, next, heartbeat, signal))) return;
      place.position = next;
      payload.resolveOffset(last.offset);
      // Throws when the group rebalances, which kafkajs has to see.
      await heartbeat();
    }
    if (signal.aborted) return;
    // For tools that show lag; this consumer goes by its own checkpoint.
    await payload.commitOffsetsIfNecessary({
      topics: [
        {
          topic: batch.topic,
          partitions: [{ partition: batch.partition, offset: String(place.position) }],
        },
      ],
    });
  }

  /**
   * Tries until the page is handled, and keeps the membership alive meanwhile.
   * @returns false: given up, because the partition or the consumer is not this one's any more
   * @throws what a heartbeat met: the group is rebalancing
   */
  private async handlePage(
    topic: TopicName,
    partition: number,
    messages: readonly KafkaMessage[],
    next: bigint,
    heartbeat: () => Promise<void>,
    signal: AbortSignal,
  ): Promise<boolean> {
    const batch = {
      partition: `${topic}/${partition}`,
      deliveries: messages.map((message) => ({ topic, event: toContractEvent(topic, partition, message) })),
      checkpoint: String(next),
    };
    const lost: unknown[] = [];
    const beat = setInterval(
      () => void heartbeat().catch((error: unknown) => lost.push(error)),
      this.heartbeatMs,
    );
    try {
      for (let pause = FIRST_RETRY_MS; !signal.aborted; pause = Math.min(pause * 2, LAST_RETRY_MS)) {
        const attempt = this.options.handle(batch);
        this.handling = attempt.catch(() => undefined);
        try {
          await attempt;
          return true;
        } catch (error) {
          this.options.onTrouble?.(error);
        }
        if (lost.length > 0) throw lost[0];
        await pauseFor(pause, signal);
      }
      return false;
    } finally {
      clearInterval(beat);
    }
  }

  /** A batch of marks alone does not reach `eachBatch`, but moves on. */
  private look({ topic, partition, highWatermark, lastOffset, batchSize }: BatchSeen): void {
    const place = this.tenure?.places.get(this.idOf(topic, partition));
    if (place === undefined) return;
    place.high = BigInt(highWatermark);
    if (batchSize === 0) place.position = BigInt(lastOffset) + 1n;
  }

  private idOf(topic: string, partition: number): string {
    return `${this.topicOf.get(topic) ?? topic}/${partition}`;
  }
}
