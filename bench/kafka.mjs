import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import eventStore from '@registry/event-store';
import messaging from '@registry/messaging';
import testingKafka from '@registry/testing-kafka';

const EVENTS = Number(process.env.BENCH_EVENTS ?? 50_000);
const KEYS = 1_000;
const TOPIC = 'privacy.settings.v1';

const declaration = {
  topic: TOPIC,
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

/** A broker of its own on this machine: how fast the relay publishes a store in memory, and a consumer reads it. */
export const kafka = async () => {
  const broker = await testingKafka.startKafka();
  const options = { brokers: broker.brokers, clientId: 'bench' };
  const store = eventStore.createMemoryEventStore();
  let relay, consumption;
  try {
    await messaging.ensureTopics(options, {
      topics: [TOPIC],
      relays: ['bench'],
      layout: { partitions: 6, replication: 1 },
    });
    for (let number = 0; number < EVENTS; number += 1) {
      const revision = Math.floor(number / KEYS);
      await store.append(`privacy-${number % KEYS}`, revision === 0 ? 'none' : revision - 1, [
        {
          id: randomUUID(),
          type: 'Public',
          data: { filler: 'x'.repeat(300) },
          metadata: { schemaVersion: 1 },
        },
      ]);
    }
    relay = new messaging.KafkaRelay({
      kafka: options,
      service: 'bench',
      store,
      declarations: [declaration],
    });
    const relayed = await rate(() => {
      relay.start();
      return () => relay.status().published;
    });
    let seen = 0;
    const consumed = await rate(() => {
      consumption = new messaging.KafkaMessaging(options).consume({
        group: 'bench',
        topics: [TOPIC],
        checkpointOf: async () => undefined,
        handle: async ({ deliveries }) => {
          seen += deliveries.length;
        },
      });
      return () => seen;
    });
    return { events: EVENTS, 'relayed/s': relayed, 'consumed/s': consumed };
  } finally {
    await consumption?.stop();
    await relay?.stop();
    await store.close();
    await broker.stop();
  }
};

/** Events a second, from the first that is counted to the last: joining a group is not in it. */
const rate = async (start) => {
  const count = start();
  while (count() === 0) await pause(1);
  const [before, began] = [count(), performance.now()];
  while (count() < EVENTS) await pause(1);
  return Math.round((1_000 * (EVENTS - before)) / (performance.now() - began));
};
