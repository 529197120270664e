import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { startKafka, type KafkaBroker } from '@registry/testing-kafka';
import { startPostgres, type PostgresCluster } from '@registry/testing-postgres';
import { filesHolding } from './data-files.js';
import { startEventStoreFake, type EventStoreFake } from './event-store-fake.js';
import { DistributedRegistry } from './distributed-registry.js';
import { Facts } from './facts.js';
import { apply } from './help-desk.js';
import { eventually, temporaryFolder } from './registry-process.js';
import { vxu, type VxuValues } from './vxu-messages.js';

jest.setTimeout(600_000);

const LAKESIDE = 'demo-lakeside-clinic';
const PRAIRIE = 'demo-prairie-clinic';
const PRAIRIE_ID = 'd0000000-0000-4000-8000-000000000002';
const SERVICES = ['directory', 'ingestion', 'identity', 'privacy', 'query', 'reminders'];
const GONE_LOT = 'ZQXLOTGONE';

const day = (number: number): string =>
  new Date(Date.UTC(2000, 0, 1) + number * 86_400_000).toISOString().slice(0, 10);

/** Somebody of an own name and birth date. */
const person = (number: number): VxuValues => ({
  controlId: `F-${number}`,
  facility: 'LAKESIDE',
  mrn: `M-${number}`,
  family: `Faulty${String.fromCharCode(97 + (number % 26))}${String.fromCharCode(97 + (Math.floor(number / 26) % 26))}`,
  given: 'Nora',
  birthDate: day(number),
  orderNumber: `O-${number}`,
  administeredOn: '2024-05-05',
  lot: `LOT${number}`,
});

/**
 * The distributed registry under load while everything that it is made of is killed, stopped and brought back: nothing acknowledged is lost,
 * nothing is applied twice, nobody reads what is locked, and all of it recovers without a hand. Two instances each of identity and of query.
 */
describe.each(['postgres', 'eventstoredb'] as const)(
  'Services that are killed under load, facts in %s',
  (facts) => {
    const folder = temporaryFolder();
    let kafka: KafkaBroker;
    let postgres: PostgresCluster;
    let registry: DistributedRegistry;
    let eventStore: EventStoreFake | undefined;
    let environment: Record<string, string>;
    let stopLoad = false;
    let load: Promise<unknown>;
    const acknowledged: number[] = [];
    const seen = { reads: 0, forbidden: 0 };
    const LOCKED = [7_001, 7_002, 7_003];

    beforeAll(async () => {
      [kafka, postgres] = await Promise.all([startKafka(), startPostgres()]);
      if (facts === 'eventstoredb') eventStore = await startEventStoreFake(join(folder.path, 'event-store'));
      environment = {
        EVENT_STORE: facts,
        ...(eventStore === undefined ? {} : { EVENTSTORE_URL: eventStore.url }),
        DATA_DIR: folder.path,
        KAFKA_BROKERS: kafka.brokers.join(),
        POSTGRES_URL: postgres.connectionString,
      };
      registry = await DistributedRegistry.start(environment, 'identity=2,query=2');
      await registry.ready();
    });
    afterAll(async () => {
      stopLoad = true;
      await load;
      await registry.stop();
      await kafka.stop();
      postgres.stop();
      await eventStore?.kill();
      folder.remove();
    });

    /** The persons that a search finds; undefined where the answer is an error. */
    const search = async (
      { family, given, birthDate }: VxuValues,
      as = LAKESIDE,
    ): Promise<number | undefined> => {
      const answer = await registry
        .request('POST', '/persons/search', {
          as,
          purpose: 'treatment',
          json: { name: { family, given, birthDate } },
        })
        .catch(() => undefined);
      return answer?.status === 200 ? (answer.json() as { persons: unknown[] }).persons.length : undefined;
    };

    /** Sends until it is acknowledged. */
    const submit = async (values: VxuValues, as = LAKESIDE): Promise<void> => {
      for (;;) {
        const answer = await registry
          .request('POST', '/hl7', { as, hl7: vxu(values) })
          .catch(() => undefined);
        if (answer?.status === 200 && /\rMSA\|A[AE]\|/.test(answer.body)) return;
        await pause(100);
      }
    };

    /** Resolves when more messages than that have been acknowledged. */
    const moreThan = (count: number, milliseconds: number): Promise<number> =>
      eventually(
        () => Promise.resolve(acknowledged.length),
        (now) => now > count,
        milliseconds,
      );

    const sendForever = async (start: number, step: number): Promise<void> => {
      for (let number = start; !stopLoad; number += step) {
        await submit(person(number));
        acknowledged.push(number);
        await pause(60);
      }
    };

    const readForever = async (): Promise<void> => {
      while (!stopLoad) {
        for (const number of LOCKED) {
          const found = await search(person(number));
          if (found === undefined) continue;
          seen.reads += 1;
          if (found > 0) seen.forbidden += 1;
        }
        await pause(30);
      }
    };

    beforeEach(() => {
      process.stderr.write(`${new Date().toISOString()} ${expect.getState().currentTestName ?? ''}\n`);
    });

    it('are ready for it: records that are locked, one that opted out, and a load', async () => {
      for (const number of LOCKED) {
        await submit(person(number));
        await eventually(
          () => search(person(number)),
          (found) => found === 1,
          30_000,
        );
        await apply(registry, { change: 'lock', holder: PRAIRIE_ID }, person(number));
      }
      const gone = person(7_100);
      await submit(gone);
      await eventually(
        () => search(gone),
        (found) => found === 1,
        30_000,
      );
      await apply(registry, { change: 'opt-out' }, gone);
      await submit({ ...gone, controlId: 'F-GONE', orderNumber: 'O-GONE', lot: GONE_LOT });
      load = Promise.all([sendForever(0, 2), sendForever(1, 2), readForever()]);
      await moreThan(20, 30_000);
    });

    it.each(SERVICES)('%s dies and comes back', async (service) => {
      const before = acknowledged.length;
      registry.signal(service, 'SIGKILL');
      await moreThan(before + 20, 60_000);
      await registry.ready();
    });

    it('an identity that holds partitions stops, loses them to the other, and wakes up', async () => {
      registry.signal('identity', 'SIGSTOP', 0);
      await pause(20_000);
      registry.signal('identity', 'SIGCONT', 0);
      await registry.ready();
    });

    it('the broker dies and comes back', async () => {
      await kafka.kill();
      const before = acknowledged.length;
      // Whoever submits needs no broker.
      await moreThan(before + 10, 30_000);
      await kafka.restart();
      await registry.ready(120_000);
    });

    it('the database dies and comes back', async () => {
      postgres.kill();
      await pause(3_000);
      postgres.restart();
      const before = acknowledged.length;
      await moreThan(before + 10, 60_000);
      await registry.ready(120_000);
    });

    // In PostgreSQL it died with the database.
    if (facts === 'eventstoredb')
      it('the event store dies and comes back', async () => {
        await eventStore?.kill();
        await pause(3_000);
        await eventStore?.restart();
        const before = acknowledged.length;
        await moreThan(before + 10, 60_000);
        await registry.ready(120_000);
      });

    it('everything is delivered again from the beginning, in whatever order topics and partitions have', async () => {
      const instances = SERVICES.flatMap((service) =>
        (service === 'identity' || service === 'query' ? [0, 1] : [0]).map((place) => ({ service, place })),
      );
      for (const { service, place } of instances) registry.signal(service, 'SIGSTOP', place);
      const forget = SERVICES.map((service) => `DELETE FROM read_${service}.consumer_checkpoint`).join('; ');
      const terminate =
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'read-model'";
      for (const statement of [terminate, forget])
        postgres.run('psql', ['--quiet', '--output=/dev/null', '--command', statement, '--dbname']);
      for (const { service, place } of instances) registry.signal(service, 'SIGKILL', place);
      const before = acknowledged.length;
      await moreThan(before + 10, 60_000);
      await registry.ready(180_000);
    });

    it('a read model is brought back from a backup that is older than what was read since', async () => {
      const backup = postgres.run('pg_dump', ['--schema=read_query', '--dbname']);
      const late = person(7_200);
      await submit(late);
      await eventually(
        () => search(late),
        (found) => found === 1,
        60_000,
      );
      await apply(registry, { change: 'lock', holder: PRAIRIE_ID }, late);
      LOCKED.push(7_200);
      for (const place of [0, 1]) registry.signal('query', 'SIGSTOP', place);
      // What they were in the middle of ends with their connections.
      const terminate =
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'read-model'";
      postgres.run('psql', ['--quiet', '--output=/dev/null', '--command', terminate, '--dbname']);
      postgres.run('psql', ['--quiet', '--command', 'DROP SCHEMA read_query CASCADE', '--dbname']);
      postgres.run('psql', ['--quiet', '--dbname'], backup);
      for (const place of [0, 1]) registry.signal('query', 'SIGKILL', place);
      await pause(1_000);
      await registry.ready(120_000);
      const found = await eventually(
        () => search(late),
        (number) => number !== undefined,
        60_000,
      );
      expect(found).toBe(0);
    });

    it('lose nothing that was acknowledged, and apply nothing twice', async () => {
      stopLoad = true;
      await load;
      await registry.ready(120_000);
      const numbers = [...acknowledged];
      // All that was acknowledged can be read.
      for (const number of numbers.slice(-40)) {
        await eventually(
          () => search(person(number)),
          (found) => found === 1,
          60_000,
        );
      }
      const facts = await Facts.open(folder.path, environment);
      const events = await facts.all();
      await facts.close();
      const of = (type: string) => events.filter((event) => event.type === type);
      const submissions = numbers.length + LOCKED.length + 2;
      expect(of('SubmissionReceived')).toHaveLength(submissions);
      const links = of('SubmissionLinked').map(({ data }) => data['submissionId']);
      expect(links).toHaveLength(submissions);
      expect(new Set(links).size).toBe(submissions);
      // Each of an own name, birth date and number, but for the one who was sent twice.
      expect(of('PersonRegistered')).toHaveLength(submissions - 1);
      expect(of('PrivacyOpened')).toHaveLength(submissions - 1);
      expect(of('RelationshipStarted')).toHaveLength(submissions - 1);
      expect(of('RecordLocked')).toHaveLength(LOCKED.length);
      expect(of('ContentDestroyed')).toHaveLength(1);
      process.stderr.write(
        `faults: ${numbers.length} messages acknowledged, ${seen.reads} reads of what is locked\n`,
      );
    });

    it('never let anybody read what was locked, and put nothing aside', async () => {
      expect(seen.reads).toBeGreaterThan(100);
      expect(seen.forbidden).toBe(0);
      for (const number of LOCKED)
        await eventually(
          () => search(person(number), PRAIRIE),
          (found) => found !== undefined,
          60_000,
        );
      for (const service of SERVICES) {
        const answer = await registry.request('GET', `/services/${service}/dead-letters`, {
          as: 'demo-administrator',
        });
        expect([service, answer.json()]).toEqual([service, { deadLetters: [] }]);
      }
    });

    it('keep nothing in clear of what was suppressed: not in the broker, the database, a backup or the logs', async () => {
      // The search finds what is there: a lot of somebody open is in the read model.
      const [one = 0] = acknowledged;
      const backup = postgres.run('pg_dump', ['--dbname']);
      expect(backup).toContain(`"LOT${one}"`);
      expect(backup).not.toContain(GONE_LOT);
      expect(filesHolding(postgres.dataFolder, GONE_LOT)).toEqual([]);
      expect(filesHolding(kafka.dataFolder, GONE_LOT)).toEqual([]);
      expect(filesHolding(kafka.dataFolder, 'Faulty')).toEqual([]);
      expect(registry.printed).not.toMatch(/Faulty|LOT\d/);
    });
  },
);
