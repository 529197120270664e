import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createKafkaExchange, type Exchange, type ReceivedEvent } from '@registry/exchange';
import { startKafka, type KafkaBroker } from '@registry/testing-kafka';
import { createDatabase, type TestDatabase } from '@registry/testing-postgres';
import { Kafka, logLevel } from 'kafkajs';
import { DistributedRegistry } from './distributed-registry.js';
import { Facts, kindOf } from './facts.js';
import { apply } from './help-desk.js';
import { eventually, temporaryFolder } from './registry-process.js';
import { acknowledgedAs, vxu } from './vxu-messages.js';

jest.setTimeout(180_000);

const LAKESIDE_ID = 'd0000000-0000-4000-8000-000000000001';
const PRAIRIE = 'demo-prairie-clinic';
const PRAIRIE_ID = 'd0000000-0000-4000-8000-000000000002';
const PRAIRIE_CLIENT = 'd0000000-0000-4000-8000-000000000012';
const PERSONS = 20;
const TOPIC = `subscriber.${PRAIRIE_ID}.records.v1`;
const SAMPLE = join(__dirname, '../../sample-subscriber/dist/main.js');

interface Copy {
  readonly registryId: string;
  readonly version: number;
  readonly state: 'available' | 'withdrawn';
  readonly record?: unknown;
  readonly acknowledged?: true;
}

/** The sample subscriber's program, told by Kafka. */
class Sample {
  private child: ChildProcess | undefined;
  printed = '';

  constructor(
    readonly folder: string,
    private readonly environment: Readonly<Record<string, string>>,
  ) {}

  start(): void {
    const child = spawn(process.execPath, [SAMPLE], {
      env: { PATH: process.env['PATH'], COPIES_DIR: this.folder, ...this.environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child.stdout.on('data', (chunk: Buffer) => (this.printed += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (this.printed += chunk.toString()));
    this.child = child;
  }

  async stop(signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> {
    const { child } = this;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill(signal);
    await gone;
  }

  in(folder: string): Sample {
    return new Sample(folder, this.environment);
  }

  copies(): Copy[] {
    if (!existsSync(this.folder)) return [];
    return readdirSync(this.folder)
      .filter((name) => name.endsWith('.json'))
      .map((name) => JSON.parse(readFileSync(join(this.folder, name), 'utf8')) as Copy);
  }

  /** Days that it was told the digest of, and whether it had everything in the end. */
  reconciled(): { day: string; records: number; isWhole: boolean }[] {
    return this.printed
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line) as { day: string; records: number; isWhole: boolean });
  }
}

/** Two processes decide whom to tell, and each may meet what the other has not seen yet. */
describe('A subscriber on Kafka, of two query services', () => {
  const folder = temporaryFolder();
  const copiesFolder = temporaryFolder();
  let sample: Sample;
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
    sample = new Sample(join(copiesFolder.path, 'copies'), {
      REGISTRY_URL: registry.url,
      REGISTRY_KEY: PRAIRIE,
      PURPOSE: 'treatment',
      KAFKA_BROKERS: brokers.join(),
      ORGANIZATION_ID: PRAIRIE_ID,
    });
    exchange = createKafkaExchange({ brokers, clientId: 'a-subscriber', lookEvery: 200 });
    exchange.consume({
      group: 'a-subscriber',
      topics: new RegExp(`^${TOPIC.replaceAll('.', '\\.')}$`),
      handle: (event) => Promise.resolve(void received.push(event)),
    });
  });
  afterAll(async () => {
    await sample.stop();
    await exchange.close();
    await registry.stop();
    await kafka.stop();
    await database.drop();
    folder.remove();
    copiesFolder.remove();
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

  it('is told on its own topic of what it may fetch', async () => {
    // One half is served before there is a subscription.
    for (let place = 0; place < PERSONS / 2; place += 1) await submit(place);
    const subscribed = await registry.request('PUT', `/subscription/organizations/${PRAIRIE_ID}`, {
      as: 'demo-administrator',
      json: { purpose: 'treatment', clientId: PRAIRIE_CLIENT },
    });
    expect(subscribed.status).toBe(200);
    for (let place = PERSONS / 2; place < PERSONS; place += 1) await submit(place);
    await allAre('RecordAvailable 1');

    for (const id of told().keys()) {
      const read = await registry.request('GET', `/persons/${id}`, { as: PRAIRIE, purpose: 'treatment' });
      expect(read.status).toBe(200);
    }
  });

  const copiesAre = (satisfies: (copy: Copy) => boolean) =>
    eventually(
      () => Promise.resolve(sample.copies()),
      (copies) => copies.length === PERSONS && copies.every(satisfies),
      60_000,
    );
  const isKept = ({ version, state, record }: Copy) =>
    version === 1 && state === 'available' && JSON.stringify(record ?? '').includes('Subkafka');
  const isDeleted = ({ version, state, record, acknowledged }: Copy) =>
    version === 2 && state === 'withdrawn' && record === undefined && acknowledged === true;
  /** As the registry tells it each night, with what it says by REST now. */
  const tellDigest = async (): Promise<void> => {
    const answer = await registry.request('GET', '/subscription/reconciliation', { as: PRAIRIE });
    const { day } = answer.json() as { day: string };
    const event = {
      id: `digest ${received.length}`,
      type: 'RecordsReconciled',
      time: new Date().toISOString(),
    };
    await exchange.publish(TOPIC, [{ ...event, key: day, data: answer.json() }]);
  };
  /** @param more digests that it is told before */
  const saysWhole = async (records: number, more = 0): Promise<void> => {
    const before = sample.reconciled().length;
    await tellDigest();
    const said = await eventually(
      () => Promise.resolve(sample.reconciled().slice(before)),
      (days) => days.length > more,
      30_000,
    );
    expect(said.at(-1)).toMatchObject({ records, isWhole: true });
  };

  it('keeps copies as the sample does, and finds what it lost by the digest of the night', async () => {
    sample.start();
    await copiesAre(isKept);
    await saysWhole(PERSONS);
    await sample.stop();
    const [lost] = sample.copies();
    rmSync(join(sample.folder, `${lost?.registryId ?? ''}.json`));
    sample.start();
    await saysWhole(PERSONS);
    await copiesAre(isKept);
  });

  it('is told of withdrawals, also of those while a service was down, and the sample, killed meanwhile, deletes all', async () => {
    const ids = [...told().keys()];
    for (let place = 0; place < PERSONS; place += 1) {
      if (place === PERSONS / 2) {
        registry.signal('query', 'SIGKILL', 0);
        await sample.stop('SIGKILL');
      }
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
    sample.start();
    await copiesAre(isDeleted);
    await saysWhole(0);
  });

  it('fetches and acknowledges nothing twice when everything is delivered to the sample again', async () => {
    const count = async (kind: string): Promise<number> => {
      const facts = await Facts.open(folder.path, { POSTGRES_URL: database.connectionString });
      const found = (await facts.all()).filter((event) => kindOf(event) === kind).length;
      await facts.close();
      return found;
    };
    expect(await count('subscribed:RetractionAcknowledged')).toBe(PERSONS);
    const disclosed = await count('privacy:RecordDisclosed');
    expect(disclosed).toBeGreaterThanOrEqual(2 * PERSONS);
    await sample.stop();
    const copies = sample.copies();

    const groupId = `${PRAIRIE_ID}-copies-${readFileSync(join(sample.folder, 'folder-id'), 'utf8')}`;
    const admin = new Kafka({
      clientId: 'again',
      brokers: [...kafka.brokers],
      logLevel: logLevel.NOTHING,
    }).admin();
    await admin.connect();
    await admin.resetOffsets({ groupId, topic: TOPIC, earliest: true });
    await admin.disconnect();
    const digests = received.filter(({ type }) => type === 'RecordsReconciled').length;
    sample.start();
    // The new one stands last in the topic.
    await saysWhole(0, digests);
    expect(sample.copies()).toEqual(copies);
    expect(await count('subscribed:RetractionAcknowledged')).toBe(PERSONS);
    expect(await count('privacy:RecordDisclosed')).toBe(disclosed);
  });

  it('has from the topic alone what counts, in a new folder', async () => {
    const folderOfOthers = join(copiesFolder.path, 'new');
    await sample.stop();
    sample = sample.in(folderOfOthers);
    sample.start();
    await copiesAre(isDeleted);
    expect(
      readdirSync(folderOfOthers).map((name) => readFileSync(join(folderOfOthers, name), 'utf8')),
    ).not.toContainEqual(expect.stringContaining('Subkafka'));
  });
});
