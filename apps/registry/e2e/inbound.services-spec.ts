import { createKafkaExchange, type Exchange, type PublicKey } from '@registry/exchange';
import { startKafka, type KafkaBroker } from '@registry/testing-kafka';
import { createDatabase, type TestDatabase } from '@registry/testing-postgres';
import { Publisher } from '../../sample-publisher/src/publisher.js';
import { filesHolding } from './data-files.js';
import { DistributedRegistry } from './distributed-registry.js';
import { eventually, temporaryFolder } from './registry-process.js';
import { vxu } from './vxu-messages.js';

jest.setTimeout(180_000);

const LAKESIDE_CLIENT = 'd0000000-0000-4000-8000-000000000011';

describe('An upstream system that publishes', () => {
  const folder = temporaryFolder();
  let kafka: KafkaBroker;
  let database: TestDatabase;
  let registry: DistributedRegistry;
  let exchange: Exchange;
  let publisher: Publisher;

  beforeAll(async () => {
    [kafka, database] = await Promise.all([startKafka(), createDatabase()]);
    registry = await DistributedRegistry.start({
      DATA_DIR: folder.path,
      KAFKA_BROKERS: kafka.brokers.join(),
      POSTGRES_URL: database.connectionString,
    });
    await registry.ready();
    exchange = createKafkaExchange({ brokers: kafka.brokers, clientId: 'clinic', lookEvery: 500 });
    publisher = new Publisher(exchange, {
      clientId: LAKESIDE_CLIENT,
      publicKey: async () => {
        const { keys } = (await registry.request('GET', '/inbound-keys')).json() as { keys: [PublicKey] };
        return keys[0];
      },
    });
  });
  afterAll(async () => {
    await publisher.stop();
    await exchange.close();
    await registry.stop();
    await kafka.stop();
    await database.drop();
    folder.remove();
  });

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
    const answer = await publisher.submit('hl7', 'm1', 'K-1', vxu(values));
    expect(answer).toMatchObject({ messageId: 'm1', status: 'accepted' });
    expect(answer.acknowledgment).toMatch(/\rMSA\|AA\|KAFKA-1/);
    const refused = await publisher.submit('births', 'm2', 'K-1', '{}');
    expect(refused).toEqual({
      messageId: 'm2',
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
