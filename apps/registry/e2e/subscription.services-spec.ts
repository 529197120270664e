import { createKafkaExchange, type Exchange, type ReceivedEvent } from '@registry/exchange';
import { startKafka, type KafkaBroker } from '@registry/testing-kafka';
import { createDatabase, type TestDatabase } from '@registry/testing-postgres';
import { DistributedRegistry } from './distributed-registry.js';
import { apply } from './help-desk.js';
import { eventually, temporaryFolder } from './registry-process.js';
import { acknowledgedAs, vxu } from './vxu-messages.js';

jest.setTimeout(180_000);

const LAKESIDE_ID = 'd0000000-0000-4000-8000-000000000001';
const PRAIRIE = 'demo-prairie-clinic';
const PRAIRIE_ID = 'd0000000-0000-4000-8000-000000000002';
const PRAIRIE_CLIENT = 'd0000000-0000-4000-8000-000000000012';
const PERSONS = 20;

/** Two processes decide whom to tell, and each may meet what the other has not seen yet. */
describe('A subscriber on Kafka, of two query services', () => {
  const folder = temporaryFolder();
  let kafka: KafkaBroker;
  let database: TestDatabase;
  let registry: DistributedRegistry;
  let exchange: Exchange;
  const received: ReceivedEvent[] = [];

  beforeAll(async () => {
    [kafka, database] = await Promise.all([startKafka(), createDatabase()]);
    const { brokers } = kafka;
    registry = await DistributedRegistry.start(
      { DATA_DIR: folder.path, KAFKA_BROKERS: brokers.join(), POSTGRES_URL: database.connectionString },
      'query=2',
    );
    await registry.ready();
    exchange = createKafkaExchange({ brokers, clientId: 'a-subscriber', lookEvery: 200 });
    exchange.consume({
      group: 'a-subscriber',
      topics: new RegExp(`^subscriber\\.${PRAIRIE_ID}\\.records\\.v1$`),
      handle: (event) => Promise.resolve(void received.push(event)),
    });
  });
  afterAll(async () => {
    await exchange.close();
    await registry.stop();
    await kafka.stop();
    await database.drop();
    folder.remove();
  });

  const person = (place: number) => ({
    family: `Subkafka${String.fromCharCode(65 + place)}`,
    given: 'Nora',
    birthDate: `2017-03-${place + 10}`,
  });
  const submit = async (place: number): Promise<void> => {
    const controlId = `SUBK${place}-${received.length}`;
    const hl7 = vxu({
      controlId,
      facility: 'PRAIRIE',
      mrn: `K${place}`,
      ...person(place),
      orderNumber: controlId,
      administeredOn: '2024-05-05',
      lot: `LOT${place}`,
    });
    const { body } = await registry.request('POST', '/hl7', { as: PRAIRIE, hl7 });
    expect(acknowledgedAs(body, controlId)).toBe('AA');
  };
  /** By id, the newest that was told of it. */
  const told = (): Map<string, string> => {
    const newest = new Map<string, { version: number; text: string }>();
    for (const { type, key, data } of received) {
      const { version } = data as { version?: number };
      if (version === undefined || version <= (newest.get(key)?.version ?? 0)) continue;
      newest.set(key, { version, text: `${type} ${version}` });
    }
    return new Map([...newest].map(([key, { text }]) => [key, text]));
  };
  const allAre = (text: string) =>
    eventually(
      () => Promise.resolve([...told().values()]),
      (all) => all.length === PERSONS && all.every((each) => each === text),
      90_000,
    );

  it('is told on its own topic, also of what happened while a service was down', async () => {
    // One half is served before there is a subscription.
    for (let place = 0; place < PERSONS / 2; place += 1) await submit(place);
    const subscribed = await registry.request('PUT', `/subscription/organizations/${PRAIRIE_ID}`, {
      as: 'demo-administrator',
      json: { purpose: 'treatment', clientId: PRAIRIE_CLIENT },
    });
    expect(subscribed.status).toBe(200);
    for (let place = PERSONS / 2; place < PERSONS; place += 1) await submit(place);
    await allAre('RecordAvailable 1');

    const ids = [...told().keys()];
    for (const id of ids) {
      const read = await registry.request('GET', `/persons/${id}`, { as: PRAIRIE, purpose: 'treatment' });
      expect(read.status).toBe(200);
    }
    for (let place = 0; place < PERSONS; place += 1) {
      if (place === PERSONS / 2) registry.signal('query', 'SIGKILL', 0);
      const change =
        place % 2 === 0
          ? ({ change: 'lock', holder: LAKESIDE_ID } as const)
          : ({ change: 'opt-out' } as const);
      await apply(registry, change, person(place));
    }
    await allAre('RecordWithdrawn 2');
    expect([...told().keys()].sort()).toEqual(ids.sort());
    // Nothing else is in a message, and nobody is named.
    for (const { type, data } of received) {
      const fields = Object.keys(data as object).sort();
      expect(fields).toEqual(
        type === 'RecordsReconciled' ? ['day', 'digest', 'records'] : ['registryId', 'version'],
      );
    }
  });
});
