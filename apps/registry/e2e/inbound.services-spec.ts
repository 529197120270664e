import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { startKafka, type KafkaBroker } from '@registry/testing-kafka';
import { createDatabase, type TestDatabase } from '@registry/testing-postgres';
import { filesHolding } from './data-files.js';
import { DistributedRegistry } from './distributed-registry.js';
import { eventually, temporaryFolder } from './registry-process.js';
import { vxu } from './vxu-messages.js';

jest.setTimeout(180_000);

const PUBLISHER = join(__dirname, '../../sample-publisher/dist/main.js');
const LAKESIDE_CLIENT = 'd0000000-0000-4000-8000-000000000011';

describe('An upstream system that publishes', () => {
  const folder = temporaryFolder();
  let kafka: KafkaBroker;
  let database: TestDatabase;
  let registry: DistributedRegistry;

  beforeAll(async () => {
    [kafka, database] = await Promise.all([startKafka(), createDatabase()]);
    registry = await DistributedRegistry.start({
      DATA_DIR: folder.path,
      KAFKA_BROKERS: kafka.brokers.join(),
      POSTGRES_URL: database.connectionString,
    });
    await registry.ready();
  });
  afterAll(async () => {
    await registry.stop();
    await kafka.stop();
    await database.drop();
    folder.remove();
  });

  /** Runs the sample publisher on one file; resolves with what it printed. */
  const publish = async (kind: string, content: string): Promise<{ status: string; problems?: unknown }> => {
    const file = join(folder.path, 'message');
    writeFileSync(file, content);
    const { stdout } = await promisify(execFile)(process.execPath, [PUBLISHER, file], {
      env: {
        PATH: process.env['PATH'],
        REGISTRY_URL: registry.url,
        KAFKA_BROKERS: kafka.brokers.join(),
        CLIENT_ID: LAKESIDE_CLIENT,
        KIND: kind,
      },
    });
    const { file: _file, ...answer } = JSON.parse(stdout) as { file: string; status: string };
    return answer;
  };

  it('is answered on its topic, and what it sent is part of a record; the broker holds nothing that can be read', async () => {
    const values = {
      controlId: 'KAFKA-1',
      facility: 'LAKESIDE',
      mrn: 'K-1',
      family: 'Publisherson',
      given: 'Nora',
      birthDate: '2019-01-02',
      orderNumber: 'O-1',
      administeredOn: '2020-01-02',
      lot: 'LOTPUBLISHED',
    };
    expect(await publish('hl7', vxu(values))).toEqual({ status: 'accepted' });
    expect(await publish('births', '{}')).toEqual({
      status: 'rejected',
      problems: [{ field: '', code: 'client-not-entitled' }],
    });
    const { family, given, birthDate } = values;
    await eventually(
      () =>
        registry.request('POST', '/persons/search', {
          as: 'demo-lakeside-clinic',
          purpose: 'treatment',
          json: { name: { family, given, birthDate } },
        }),
      (found) => (found.json() as { persons?: unknown[] }).persons?.length === 1,
      30_000,
    );
    expect(filesHolding(kafka.dataFolder, 'LOTPUBLISHED')).toEqual([]);
    expect(filesHolding(kafka.dataFolder, 'Publisherson')).toEqual([]);
    expect(filesHolding(kafka.dataFolder, LAKESIDE_CLIENT)).not.toEqual([]);
  });
});
