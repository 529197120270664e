import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readContractEvent } from '@registry/contracts';
import type { EventStore } from '@registry/event-store';
import { openReadModel } from '@registry/persistence';
import { startKafka, type KafkaBroker } from '@registry/testing-kafka';
import { Partitioners } from 'kafkajs';
import { CONSUMER_ENTITIES, CreateConsumerTables1700000000000 } from './consumer-tables.js';
import { createKafka, named, type KafkaOptions } from './kafka-client.js';
import { toKafkaMessage } from './kafka-envelope.js';
import {
  condition,
  freshTopics,
  Ledger,
  RelayedMessaging,
  SERVICE,
  settings,
} from './kafka-fixture.contract.js';
import { KafkaMessaging } from './kafka-messaging.js';
import { KafkaRelay } from './kafka-relay.js';
import { ensureTopics } from './kafka-topics.js';
import type { Consumption } from './messaging.port.js';
import { reactor } from './reactor.js';

jest.setTimeout(180_000);

const KEYS = 6;

/** Appends events one after the other, spread over some streams. */
const append = async (store: EventStore, count: number, from = 0): Promise<void> => {
  for (let number = from; number < from + count; number += 1) {
    const revision = Math.floor(number / KEYS);
    await store.append(`privacy-${number % KEYS}`, revision === 0 ? 'none' : revision - 1, [
      { id: randomUUID(), type: 'Public', data: { number }, metadata: { schemaVersion: 1 } },
    ]);
  }
};

/** Each key's revisions, once each and in order. */
const expectWhole = (ledger: Ledger, count: number): void => {
  const keys = ledger.byKey();
  expect(keys.size).toBe(KEYS);
  for (const revisions of keys.values()) expect(revisions).toStrictEqual(revisions.map((_, index) => index));
  expect(ledger.seen).toHaveLength(count);
};

describe('Kafka under faults', () => {
  let broker: KafkaBroker;
  let kafka: KafkaOptions;
  let messaging: RelayedMessaging;
  const consumptions: Consumption[] = [];

  beforeAll(async () => {
    broker = await startKafka();
  });

  afterAll(() => broker.stop());

  beforeEach(async () => {
    kafka = await freshTopics(broker.brokers, 4);
    messaging = new RelayedMessaging(kafka);
    messaging.declare(settings);
  });

  afterEach(async () => {
    for (const consumption of consumptions.splice(0)) await consumption.stop();
    await messaging.close();
  });

  const consume = (ledger: Ledger, handle = ledger.handle, from: KafkaMessaging = messaging): Consumption => {
    const consumption = from.consume({
      group: 'test',
      topics: ['privacy.settings.v1'],
      checkpointOf: ledger.checkpointOf,
      handle,
    });
    consumptions.push(consumption);
    return consumption;
  };

  /** What lies in the topic, read by a group that has nothing yet. */
  const published = async (count: number): Promise<Ledger> => {
    const ledger = new Ledger();
    const consumption = new KafkaMessaging(kafka).consume({
      group: `look-${randomUUID()}`,
      topics: ['privacy.settings.v1'],
      checkpointOf: ledger.checkpointOf,
      handle: ledger.handle,
    });
    await condition(() => ledger.seen.length >= count && consumption.isCaughtUp());
    await consumption.stop();
    return ledger;
  };

  const send = async (
    ...messages: { key: string; value: string; headers?: Record<string, string> }[]
  ): Promise<void> => {
    const producer = createKafka(kafka).producer({ createPartitioner: Partitioners.DefaultPartitioner });
    await producer.connect();
    await producer.send({ topic: named(kafka, settings.topic), messages });
    await producer.disconnect();
  };

  it('loses nothing and keeps the order when the broker is killed under load', async () => {
    const ledger = new Ledger();
    consume(ledger);
    let appended = 0;
    let done = false;
    const load = (async () => {
      while (!done) {
        await append(messaging.store, 20, appended);
        appended += 20;
        await new Promise((resolve) => setTimeout(resolve, 25));
      }
    })();
    for (let kill = 0; kill < 2; kill += 1) {
      const before = ledger.seen.length;
      await condition(() => ledger.seen.length > before + 200, 120_000);
      await broker.kill();
      await broker.restart();
    }
    done = true;
    await load;
    await condition(() => ledger.seen.length >= appended, 120_000);
    expectWhole(await published(appended), appended);
    expectWhole(ledger, appended);
  });

  it('goes on when a broker that had gone silent speaks again', async () => {
    const ledger = new Ledger();
    consume(ledger);
    await append(messaging.store, 60);
    await condition(() => ledger.seen.length === 60);
    broker.pause();
    await append(messaging.store, 60, 60);
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    broker.resume();
    await condition(() => ledger.seen.length >= 120, 120_000);
    expectWhole(await published(120), 120);
  });

  it('shares the partitions among members, and hands over those of one that leaves', async () => {
    const ledger = new Ledger();
    const by = { first: 0, second: 0 };
    const first = consume(ledger, (batch) => {
      by.first += batch.deliveries.length;
      return ledger.handle(batch);
    });
    await append(messaging.store, 60);
    await condition(() => ledger.seen.length === 60 && first.isCaughtUp());
    const second = consume(
      ledger,
      (batch) => {
        by.second += batch.deliveries.length;
        return ledger.handle(batch);
      },
      new KafkaMessaging(kafka),
    );
    await condition(() => second.lag?.().size === 2 && first.lag?.().size === 2);
    await append(messaging.store, 240, 60);
    await condition(() => ledger.seen.length >= 300);
    expect(by.second).toBeGreaterThan(0);
    await first.stop();
    await append(messaging.store, 60, 300);
    await condition(() => ledger.seen.length >= 360);
    expectWhole(ledger, 360);
  });

  it('one relay leads; when it goes, the other goes on where it was', async () => {
    const spec = { kafka, service: SERVICE, store: messaging.store, declarations: [settings] };
    const one = new KafkaRelay(spec);
    const other = new KafkaRelay(spec);
    one.start();
    await condition(() => one.status().role === 'leading' && one.isCaughtUp());
    other.start();
    await condition(() => [one, other].filter((relay) => relay.status().role === 'leading').length === 1);
    await append(messaging.store, 120);
    await condition(() => one.status().published + other.status().published >= 120);
    const [leader, standby] = one.status().role === 'leading' ? [one, other] : [other, one];
    await leader.stop();
    await append(messaging.store, 120, 120);
    await condition(() => standby.status().published > 0 && standby.isCaughtUp());
    expectWhole(await published(240), 240);
    await standby.stop();
  });

  it('a relay that was fenced publishes nothing more under its old lead', async () => {
    messaging.startRelay();
    await append(messaging.store, 60);
    await condition(() => messaging.relay?.status().published === 60);
    const usurper = createKafka(kafka).producer({
      transactionalId: named(kafka, `relay-${SERVICE}`),
      idempotent: true,
      maxInFlightRequests: 1,
      createPartitioner: Partitioners.DefaultPartitioner,
    });
    await usurper.connect();
    await (await usurper.transaction()).abort();
    await append(messaging.store, 60, 60);
    await condition(() => messaging.relay?.status().published === 120);
    expectWhole(await published(120), 120);
    await usurper.disconnect();
  });

  it('puts messages that are none among the dead letters, and goes on with other keys', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'kafka-consumer-'));
    const readModel = await openReadModel({
      file: join(folder, 'read-test.db'),
      entities: CONSUMER_ENTITIES,
      migrations: [CreateConsumerTables1700000000000],
    });
    // A set: a batch with a message that fails is handled again, one by one.
    const handled = new Set<string>();
    const consumer = reactor(messaging, {
      group: 'poison',
      topics: ['privacy.settings.v1'],
      readModel,
      react: ({ event }) => {
        // Which contract it breaks is no matter here: the data of the others is not looked at.
        if (event.type === 'Unreadable') readContractEvent('privacy.settings.v1', event);
        handled.add(event.key);
        return Promise.resolve();
      },
    });
    await consumer.start();
    await send({ key: 'privacy-0', value: 'not JSON, and no envelope' });
    await append(messaging.store, KEYS);
    await condition(() => handled.size === KEYS - 1 && consumer.isCaughtUp());
    const letters = await consumer.deadLetters();
    expect(letters.map(({ key, reason }) => [key, reason])).toStrictEqual([
      ['privacy-0', 'CONTRACT.VIOLATION'],
      ['privacy-0', 'PARKED'],
    ]);
    expect(JSON.stringify(letters)).not.toContain('not JSON');
    await consumer.stop();
    await readModel.close();
    rmSync(folder, { recursive: true });
  });

  it('hands over repeated and reordered messages as they are: whoever keeps the highest revision is right', async () => {
    const at = (revision: number) =>
      toKafkaMessage('privacy.settings.v1', {
        id: `event-${revision}`,
        type: 'Public',
        key: 'privacy-0',
        revision,
        position: String(revision),
        recordedAt: '2026-01-01T00:00:00.000Z',
        data: { revision },
      });
    const ledger = new Ledger();
    consume(ledger);
    await send(...[0, 1, 1, 3, 2, 0, 3].map(at));
    await condition(() => ledger.seen.length >= 7);
    expect(ledger.byKey().get('privacy-0')).toStrictEqual([0, 1, 1, 3, 2, 0, 3]);
    let row = -1;
    for (const { revision } of ledger.seen) if (revision > row) row = revision;
    expect(row).toBe(3);
  });

  it('goes by the checkpoint of the consumer, not by the offsets that Kafka keeps', async () => {
    const ledger = new Ledger();
    const before = consume(ledger);
    await append(messaging.store, 60);
    await condition(() => ledger.seen.length === 60);
    await before.stop();
    // The consumer's database was restored from an empty backup.
    const restored = new Ledger();
    const after = consume(restored);
    await condition(() => restored.seen.length === 60 && after.isCaughtUp());
    expectWhole(restored, 60);
  });

  it('publishes a page that is larger than a batch may be, and an event that is larger than usual', async () => {
    const ledger = new Ledger();
    const sizes = [...Array.from({ length: 60 }, () => 300_000), 3_000_000];
    await messaging.store.append(
      'privacy-0',
      'none',
      sizes.map((size) => ({
        id: randomUUID(),
        type: 'Public',
        data: { filler: 'x'.repeat(size) },
        metadata: { schemaVersion: 1 },
      })),
    );
    consume(ledger);
    await condition(() => ledger.seen.length >= sizes.length);
    expect(ledger.byKey().get('privacy-0')).toStrictEqual(sizes.map((_, revision) => revision));
  });

  it('adds partitions and takes none away', async () => {
    const topics = [settings.topic];
    await ensureTopics(kafka, { topics, layout: { partitions: 5, replication: 1 } });
    await expect(ensureTopics(kafka, { topics, layout: { partitions: 2, replication: 1 } })).rejects.toThrow(
      /5 partitions/,
    );
  });
});
