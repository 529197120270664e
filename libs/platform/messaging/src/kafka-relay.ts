import type { TopicName } from '@registry/contracts';
import { categoryOf, type AllPage, type EventStore, type Position } from '@registry/event-store';
import {
  Partitioners,
  type Consumer,
  type EachBatchPayload,
  type Kafka,
  type Producer,
  type RetryOptions,
} from 'kafkajs';
import {
  createKafka,
  DEFAULT_SESSION_TIMEOUT_MS,
  disconnect,
  KAFKA_RETRY,
  named,
  type KafkaOptions,
} from './kafka-client.js';
import { toKafkaMessage, type KafkaMessageParts } from './kafka-envelope.js';
import { KafkaMember, type Assignment } from './kafka-member.js';
import { relayTopicOf } from './kafka-topics.js';
import type { TopicDeclaration } from './messaging.port.js';
import { contractOf } from './topic-map.js';
import { pauseFor } from './retry.js';

export interface KafkaRelaySpec {
  readonly kafka: KafkaOptions;
  /** Names the relay: its instances, one per process of the service, take turns. */
  readonly service: string;
  readonly store: EventStore;
  readonly declarations: readonly TopicDeclaration[];
  /** Told of each failure after which the relay goes on by itself. */
  readonly onTrouble?: (error: unknown) => void;
  /** Stored events of one transaction at most. Default 500. */
  readonly pageSize?: number;
}

export interface RelayStatus {
  /** `joining`: not yet told by the group whether to lead. */
  readonly role: 'joining' | 'standby' | 'leading';
  /** Messages published by this instance since it started. */
  readonly published: number;
  /** ISO-8601 UTC: when the last event that it looked at was recorded. */
  readonly lastRecordedAt: string | undefined;
}

const PAGE_SIZE = 500;
/**
 * Values sent at a time, about: what goes to one partition in one call is one batch, and brokers refuse batches over a
 * limit, which a page of large events would pass.
 */
const SEND_BYTES = 512 * 1024;
const FIRST_RESTART_MS = 100;
const LAST_RESTART_MS = 5_000;
const TRANSACTION_TIMEOUT_MS = 30_000;
/**
 * The broker answers a commit before it has marked all partitions, and refuses the next transaction for that moment: so the first retry
 * comes soon. An idempotent producer should try for ever, lest its sequence breaks; one that failed here is thrown away.
 */
const PRODUCER_RETRY: RetryOptions = { ...KAFKA_RETRY, initialRetryTime: 20, retries: 10 };
/** What brokers answer to a producer whose id another one has initialised since. */
const FENCED = new Set(['INVALID_PRODUCER_EPOCH', 'PRODUCER_FENCED']);
/** How many offsets from the end the last checkpoint is looked for first: each transaction writes one and leaves a mark. */
const TAIL = 200n;

/**
 * Publishes the declared topics: one catch-up subscription of the store, whose pages become one Kafka transaction each:
 * the messages and the place in the store's log up to which they go. So a message is published once, whatever fails
 * when (with the brokers that ADR 15 names), and in log order. One instance leads: whoever is assigned the checkpoint
 * topic's only partition; taking over, it initialises the producer of the same transactional id, which fences the one
 * before.
 */
export class KafkaRelay {
  private readonly kafka: Kafka;
  private readonly checkpointTopic: string;
  private readonly transactionalId: string;
  private member: KafkaMember | undefined;
  private lead: Lead | undefined;
  /** Resolves when the last lead is over: two of one process would fence each other. */
  private over: Promise<void> = Promise.resolve();
  private role: RelayStatus['role'] = 'joining';
  private caughtUp = false;
  private published = 0;
  private lastRecordedAt: string | undefined;

  constructor(private readonly spec: KafkaRelaySpec) {
    this.kafka = createKafka(spec.kafka);
    this.checkpointTopic = named(spec.kafka, relayTopicOf(spec.service));
    this.transactionalId = named(spec.kafka, `relay-${spec.service}`);
  }

  private get sessionTimeoutMs(): number {
    return this.spec.kafka.sessionTimeoutMs ?? DEFAULT_SESSION_TIMEOUT_MS;
  }

  start(): void {
    if (this.spec.declarations.length === 0) {
      this.role = 'standby';
      return;
    }
    this.member = new KafkaMember({
      kafka: this.kafka,
      groupId: this.transactionalId,
      topics: [this.checkpointTopic],
      sessionTimeoutMs: this.sessionTimeoutMs,
      onAssigned: (consumer, assignment) => this.take(consumer, assignment),
      onGone: () => this.leave('joining'),
      onBatchDone: (batch) => this.lead?.reading?.reached(BigInt(batch.lastOffset) + 1n),
      eachBatch: (payload) => this.readCheckpoints(payload),
      onTrouble: (error) => this.spec.onTrouble?.(error),
    });
  }

  /** Resolves when the transaction under way is done and the lead is given up. */
  async stop(): Promise<void> {
    this.leave('standby');
    await this.over;
    await this.member?.stop();
  }

  /** True when everything readable at the last look is published; of an instance that stands by, another sees to it. */
  isCaughtUp(): boolean {
    return this.role === 'standby' || (this.role === 'leading' && this.caughtUp);
  }

  status(): RelayStatus {
    return { role: this.role, published: this.published, lastRecordedAt: this.lastRecordedAt };
  }

  private take(consumer: Consumer, assignment: Assignment): void {
    consumer.pause([{ topic: this.checkpointTopic }]);
    this.leave('standby');
    if (!assignment[this.checkpointTopic]?.includes(0)) return;
    this.role = 'leading';
    const lead: Lead = { abort: new AbortController(), consumer, reading: undefined };
    this.lead = lead;
    this.over = this.over.then(() => this.leading(lead));
  }

  private leave(role: 'joining' | 'standby'): void {
    this.lead?.abort.abort();
    this.lead = undefined;
    this.role = role;
    this.caughtUp = false;
  }

  /** Publishes until aborted. Whatever fails, a new producer goes on from the last committed checkpoint. */
  private async leading(lead: Lead): Promise<void> {
    const { signal } = lead.abort;
    let pause = FIRST_RESTART_MS;
    while (!signal.aborted) {
      const producer = this.newProducer();
      const began = performance.now();
      try {
        await producer.connect();
        if (signal.aborted) return;
        // The first transaction initialises the id: whoever had it before is fenced and its open transaction aborted,
        // so that the checkpoint read next is the last one.
        await (await producer.transaction()).abort();
        const checkpoint = await this.lastCheckpoint(lead);
        await this.publish(producer, checkpoint, signal);
      } catch (error) {
        if (!signal.aborted) this.spec.onTrouble?.(error);
        // Somebody took over. Whether the group knows it too shows at the next heartbeat; taking the lead back before
        // that would fence whoever leads rightly.
        if (isFenced(error)) pause = Math.max(pause, this.sessionTimeoutMs / 2);
      } finally {
        // The next lead waits for the end of this one.
        await disconnect(producer);
      }
      this.caughtUp = false;
      await pauseFor(pause, signal);
      pause =
        performance.now() - began > 2 * LAST_RESTART_MS
          ? FIRST_RESTART_MS
          : Math.min(pause * 2, LAST_RESTART_MS);
    }
  }

  private newProducer(): Producer {
    return this.kafka.producer({
      transactionalId: this.transactionalId,
      idempotent: true,
      maxInFlightRequests: 1,
      allowAutoTopicCreation: false,
      createPartitioner: Partitioners.DefaultPartitioner,
      transactionTimeout: TRANSACTION_TIMEOUT_MS,
      retry: PRODUCER_RETRY,
    });
  }

  private async publish(producer: Producer, after: Position | undefined, signal: AbortSignal): Promise<void> {
    const { store, declarations, pageSize = PAGE_SIZE } = this.spec;
    const categories = [...new Set(declarations.flatMap((declaration) => declaration.categories))];
    for await (const page of store.subscribe({ after, categories, limit: pageSize, signal })) {
      if (signal.aborted) return;
      this.caughtUp = false;
      const messages = this.messagesOf(page);
      if (page.position !== undefined && messages.size > 0)
        await this.commit(producer, messages, page.position);
      this.lastRecordedAt = page.events.at(-1)?.recordedAt ?? this.lastRecordedAt;
      this.caughtUp = page.caughtUp;
    }
  }

  private messagesOf({ events }: AllPage): Map<TopicName, KafkaMessageParts[]> {
    const messages = new Map<TopicName, KafkaMessageParts[]>();
    for (const event of events) {
      const category = categoryOf(event.stream);
      for (const { topic, categories, toContract } of this.spec.declarations) {
        if (!categories.includes(category)) continue;
        const contract = contractOf(toContract, event);
        if (contract === undefined) continue;
        const message = toKafkaMessage(topic, contract);
        const queue = messages.get(topic);
        if (queue === undefined) messages.set(topic, [message]);
        else queue.push(message);
      }
    }
    return messages;
  }

  /** @throws nothing of it is committed, or the outcome is unknown: the last checkpoint tells */
  private async commit(
    producer: Producer,
    messages: ReadonlyMap<TopicName, KafkaMessageParts[]>,
    position: Position,
  ): Promise<void> {
    const transaction = await producer.transaction();
    for (const [topic, queue] of messages) {
      for (const part of partsOf(queue)) {
        await transaction.send({ topic: named(this.spec.kafka, topic), messages: part });
      }
    }
    await transaction.send({
      topic: this.checkpointTopic,
      messages: [{ key: this.spec.service, value: position, partition: 0 }],
    });
    await transaction.commit();
    for (const queue of messages.values()) this.published += queue.length;
  }

  /** Reads the end of the checkpoint topic, or all of it where the end holds none, through the group's own consumer. */
  private async lastCheckpoint(lead: Lead): Promise<Position | undefined> {
    const { consumer } = lead;
    const { signal } = lead.abort;
    const { low, high } = await this.bounds();
    const tail = high - TAIL;
    for (const from of tail > low ? [tail, low] : [low]) {
      if (from >= high) return undefined;
      const reading = new CheckpointReading(high, signal);
      lead.reading = reading;
      consumer.seek({ topic: this.checkpointTopic, partition: 0, offset: String(from) });
      consumer.resume([{ topic: this.checkpointTopic }]);
      await reading.done;
      if (signal.aborted) return undefined;
      consumer.pause([{ topic: this.checkpointTopic }]);
      if (reading.last !== undefined) return reading.last;
    }
    return undefined;
  }

  private async bounds(): Promise<{ readonly low: bigint; readonly high: bigint }> {
    const admin = this.kafka.admin();
    await admin.connect();
    try {
      const [only] = await admin.fetchTopicOffsets(this.checkpointTopic);
      return { low: BigInt(only?.low ?? 0), high: BigInt(only?.high ?? 0) };
    } finally {
      await admin.disconnect();
    }
  }

  private readCheckpoints(payload: EachBatchPayload): Promise<void> {
    for (const { key, value, offset } of payload.batch.messages) {
      if (key?.toString() === this.spec.service && value !== null)
        this.lead?.reading?.saw(value.toString() as Position);
      payload.resolveOffset(offset);
    }
    return Promise.resolve();
  }
}

/** The time in which one instance publishes. */
interface Lead {
  readonly abort: AbortController;
  /** The group's consumer that brought it. */
  readonly consumer: Consumer;
  reading: CheckpointReading | undefined;
}

/** Waits until a known end is read, and remembers the last checkpoint on the way. */
class CheckpointReading {
  last: Position | undefined;
  private finish: () => void = () => undefined;
  /** Resolves at the end, or when aborted. */
  readonly done: Promise<void>;

  constructor(
    private readonly end: bigint,
    signal: AbortSignal,
  ) {
    this.done = new Promise<void>((resolve) => {
      this.finish = () => {
        signal.removeEventListener('abort', this.finish);
        resolve();
      };
    });
    if (signal.aborted) this.finish();
    else signal.addEventListener('abort', this.finish);
  }

  saw(checkpoint: Position): void {
    this.last = checkpoint;
  }

  reached(next: bigint): void {
    if (next >= this.end) this.finish();
  }
}

/** Consecutive parts of about `SEND_BYTES`; a message that is larger goes alone. */
const partsOf = (messages: readonly KafkaMessageParts[]): KafkaMessageParts[][] => {
  const parts: KafkaMessageParts[][] = [];
  let room = 0;
  for (const message of messages) {
    const last = parts.at(-1);
    if (last === undefined || message.value.length > room) {
      parts.push([message]);
      room = SEND_BYTES;
    } else last.push(message);
    room -= message.value.length;
  }
  return parts;
};

const isFenced = (error: unknown): boolean => {
  for (let each = error; each instanceof Error; each = each.cause) {
    if ('type' in each && FENCED.has(String(each.type))) return true;
  }
  return false;
};
