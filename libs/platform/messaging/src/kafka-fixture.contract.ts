import { randomUUID } from 'node:crypto';
import { createMemoryEventStore, type EventStore } from '@registry/event-store';
import type { KafkaOptions } from './kafka-client.js';
import { KafkaMessaging } from './kafka-messaging.js';
import { KafkaRelay } from './kafka-relay.js';
import { ensureTopics } from './kafka-topics.js';
import type { DeliveryBatch, TopicDeclaration } from './messaging.port.js';

export const SERVICE = 'privacy';
const TOPICS = ['privacy.settings.v1', 'privacy.requests.v1'] as const;

/** Settings of persons, as a stand-in for any topic. */
export const settings: TopicDeclaration = {
  topic: 'privacy.settings.v1',
  categories: ['privacy'],
  toContract: (event) => ({
    id: event.id,
    type: event.type,
    key: event.stream,
    revision: event.revision,
    position: event.position,
    recordedAt: event.recordedAt,
    data: event.data,
  }),
};

/** Fresh topics under a prefix of their own, so that suites share a broker. */
export const freshTopics = async (brokers: readonly string[], partitions = 2): Promise<KafkaOptions> => {
  const options: KafkaOptions = {
    brokers,
    clientId: 'test',
    prefix: `${randomUUID().slice(0, 8)}.`,
    sessionTimeoutMs: 6_000,
  };
  await ensureTopics(options, { topics: TOPICS, relays: [SERVICE], layout: { partitions, replication: 1 } });
  return options;
};

/** Messaging whose relay starts with its first consumer, when all topics are declared. */
export class RelayedMessaging extends KafkaMessaging {
  relay: KafkaRelay | undefined;

  constructor(
    private readonly cluster: KafkaOptions,
    readonly store: EventStore = createMemoryEventStore(),
  ) {
    super(cluster);
  }

  override consume(...args: Parameters<KafkaMessaging['consume']>): ReturnType<KafkaMessaging['consume']> {
    const consumption = super.consume(...args);
    this.startRelay();
    return consumption;
  }

  startRelay(): void {
    if (this.relay !== undefined) return;
    this.relay = new KafkaRelay({
      kafka: this.cluster,
      service: SERVICE,
      store: this.store,
      declarations: this.declarations(),
    });
    this.relay.start();
  }

  async close(): Promise<void> {
    await this.relay?.stop();
    await this.store.close();
  }
}

export const condition = async (holds: () => boolean, limitMs = 60_000): Promise<void> => {
  const deadline = performance.now() + limitMs;
  while (!holds()) {
    if (performance.now() > deadline) throw new Error('It never came true');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
};

/** Keeps its checkpoint with what it made of the messages: shared by the members of a group, as a database is. */
export class Ledger {
  readonly seen: { readonly id: string; readonly key: string; readonly revision: number }[] = [];
  readonly checkpoints = new Map<string, string>();

  readonly handle = (batch: DeliveryBatch): Promise<void> => {
    for (const { event } of batch.deliveries) {
      this.seen.push({ id: event.id, key: event.key, revision: event.revision });
    }
    this.checkpoints.set(batch.partition, batch.checkpoint);
    return Promise.resolve();
  };

  readonly checkpointOf = (partition: string): Promise<string | undefined> =>
    Promise.resolve(this.checkpoints.get(partition));

  /** Revisions of each key, in the order seen. */
  byKey(): Map<string, number[]> {
    const keys = new Map<string, number[]>();
    for (const { key, revision } of this.seen) {
      const revisions = keys.get(key);
      if (revisions === undefined) keys.set(key, [revision]);
      else revisions.push(revision);
    }
    return keys;
  }
}
