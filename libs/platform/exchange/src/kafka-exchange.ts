import {
  createKafka,
  DEFAULT_SESSION_TIMEOUT_MS,
  KAFKA_RETRY,
  KafkaMember,
  named,
  pauseFor,
  retry,
  type KafkaOptions,
} from '@registry/messaging';
import type { EachBatchPayload, IHeaders, Kafka, KafkaMessage, Producer } from 'kafkajs';
import {
  ExchangeUnavailable,
  type Exchange,
  type ExchangeConsumeOptions,
  type ExchangeConsumption,
  type ExchangedEvent,
  type ReceivedEvent,
} from './exchange.port.js';

export interface KafkaExchangeOptions extends KafkaOptions {
  /** Copies of each topic that the exchange makes. */
  readonly replication?: number;
  /** How often to look for topics that were made since, ms. Default 10,000. */
  readonly lookEvery?: number;
}

const LOOK_EVERY_MS = 10_000;
const SOURCE = '/registry';
const TYPE_PREFIX = 'org.immunization-registry.';

/**
 * The exchange on Kafka. Messages are CloudEvents in binary mode. A topic that is published on and not there is made: one partition, and compacted
 * if the latest of each key is what counts (`subscriber.…`). How far a group got Kafka itself keeps, committed by hand after each message.
 */
export const createKafkaExchange = (options: KafkaExchangeOptions): Exchange => new KafkaExchange(options);

class KafkaExchange implements Exchange {
  private readonly kafka: Kafka;
  private producer: Promise<Producer> | undefined;
  private readonly made = new Set<string>();
  private readonly consumptions = new Set<ExchangeConsumption>();

  constructor(private readonly options: KafkaExchangeOptions) {
    this.kafka = createKafka(options);
  }

  async publish(topic: string, events: readonly ExchangedEvent[]): Promise<void> {
    if (events.length === 0) return;
    try {
      await this.ensure(topic);
      const producer = await this.connected();
      await producer.send({
        topic: named(this.options, topic),
        acks: -1,
        messages: events.map((event) => ({
          key: event.key,
          value: JSON.stringify(event.data),
          headers: headersOf(topic, event),
        })),
      });
    } catch (error) {
      // An idempotent producer that failed is not to be used again: a new one begins its own sequence.
      const failed = this.producer;
      this.producer = undefined;
      await failed?.then((producer) => producer.disconnect()).catch(() => undefined);
      throw new ExchangeUnavailable('The broker did not take it', { cause: error });
    }
  }

  consume(options: ExchangeConsumeOptions): ExchangeConsumption {
    const consumption = new KafkaExchangeConsumption(this.kafka, this.options, options);
    this.consumptions.add(consumption);
    return consumption;
  }

  async close(): Promise<void> {
    await Promise.all([...this.consumptions].map((consumption) => consumption.stop()));
    await this.producer?.then((producer) => producer.disconnect()).catch(() => undefined);
  }

  private connected(): Promise<Producer> {
    this.producer ??= (async () => {
      const producer = this.kafka.producer({
        idempotent: true,
        maxInFlightRequests: 1,
        allowAutoTopicCreation: false,
        retry: KAFKA_RETRY,
      });
      await producer.connect();
      return producer;
    })();
    return this.producer;
  }

  private async ensure(topic: string): Promise<void> {
    if (this.made.has(topic)) return;
    const admin = this.kafka.admin();
    await admin.connect();
    try {
      await admin.createTopics({
        waitForLeaders: true,
        topics: [
          {
            topic: named(this.options, topic),
            numPartitions: 1,
            replicationFactor: this.options.replication ?? 1,
            configEntries: [
              { name: 'cleanup.policy', value: topic.startsWith('subscriber.') ? 'compact' : 'delete' },
            ],
          },
        ],
      });
      this.made.add(topic);
    } finally {
      await admin.disconnect();
    }
  }
}

const headersOf = (topic: string, { id, type, time, key }: ExchangedEvent): IHeaders => ({
  ce_specversion: '1.0',
  ce_id: id,
  ce_type: `${TYPE_PREFIX}${type}`,
  ce_source: SOURCE,
  ce_time: time,
  ce_partitionkey: key,
  ce_subject: topic,
  'content-type': 'application/json',
});

/** A member of a group that is made anew whenever the topics of its pattern change. */
class KafkaExchangeConsumption implements ExchangeConsumption {
  private readonly abort = new AbortController();
  private readonly running: Promise<unknown>;

  constructor(
    private readonly kafka: Kafka,
    private readonly kafkaOptions: KafkaExchangeOptions,
    private readonly options: ExchangeConsumeOptions,
  ) {
    this.running = retry(() => this.run(), this.abort.signal, options.onTrouble);
  }

  async stop(): Promise<void> {
    this.abort.abort();
    await this.running;
  }

  private async run(): Promise<void> {
    const { signal } = this.abort;
    let topics: readonly string[] = [];
    let member: KafkaMember | undefined;
    try {
      while (!signal.aborted) {
        const now = await this.matching();
        if (now.join() !== topics.join()) {
          await member?.stop();
          topics = now;
          member = topics.length === 0 ? undefined : this.memberOn(topics);
        }
        await pauseFor(this.kafkaOptions.lookEvery ?? LOOK_EVERY_MS, signal);
      }
    } finally {
      await member?.stop();
    }
  }

  private async matching(): Promise<string[]> {
    const admin = this.kafka.admin();
    await admin.connect();
    try {
      return (await admin.listTopics())
        .filter((topic) => this.options.topics.test(this.nameOf(topic)))
        .sort();
    } finally {
      await admin.disconnect();
    }
  }

  private nameOf(topic: string): string {
    const { prefix = '' } = this.kafkaOptions;
    return topic.startsWith(prefix) ? topic.slice(prefix.length) : '';
  }

  private memberOn(topics: readonly string[]): KafkaMember {
    const nothing = () => undefined;
    return new KafkaMember({
      kafka: this.kafka,
      groupId: named(this.kafkaOptions, this.options.group),
      topics,
      sessionTimeoutMs: this.kafkaOptions.sessionTimeoutMs ?? DEFAULT_SESSION_TIMEOUT_MS,
      onAssigned: nothing,
      onGone: nothing,
      onBatchDone: nothing,
      eachBatch: (payload) => this.eachBatch(payload),
      onTrouble: (error) => this.options.onTrouble?.(error),
    });
  }

  private async eachBatch(payload: EachBatchPayload): Promise<void> {
    const { batch } = payload;
    for (const message of batch.messages) {
      if (this.abort.signal.aborted || !payload.isRunning() || payload.isStale()) return;
      // A rejection ends the batch: the member starts again from what was committed.
      await this.options.handle(receivedFrom(this.nameOf(batch.topic), batch.partition, message));
      payload.resolveOffset(message.offset);
      await payload.commitOffsetsIfNecessary({
        topics: [
          {
            topic: batch.topic,
            partitions: [{ partition: batch.partition, offset: String(BigInt(message.offset) + 1n) }],
          },
        ],
      });
      await payload.heartbeat();
    }
  }
}

const receivedFrom = (topic: string, partition: number, message: KafkaMessage): ReceivedEvent => {
  const header = (name: string): string | undefined => {
    const value = message.headers?.[name];
    return value === undefined || Array.isArray(value) ? undefined : value.toString('utf8');
  };
  const id = header('ce_id');
  // What has no name gets that of its place, and no data: it is refused, or a dead letter, but it does not vanish.
  const place = `${topic}/${partition}/${message.offset}`;
  return {
    topic,
    id: id ?? place,
    type: header('ce_type')?.replace(TYPE_PREFIX, '') ?? '',
    time: header('ce_time') ?? new Date(Number(message.timestamp)).toISOString(),
    key: message.key?.toString('utf8') ?? id ?? place,
    data: id === undefined ? undefined : jsonIn(message.value),
  };
};

const jsonIn = (value: Buffer | null): unknown => {
  try {
    return value === null ? undefined : (JSON.parse(value.toString('utf8')) as unknown);
  } catch {
    return undefined;
  }
};
