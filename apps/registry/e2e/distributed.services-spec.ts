import { createDatabase } from '@registry/testing-postgres';
import { startKafka } from '@registry/testing-kafka';
import { DistributedRegistry } from './distributed-registry.js';
import { temporaryFolder } from './registry-process.js';
import { describeStory } from './registry-story.js';

jest.setTimeout(180_000);

describeStory('six services over Kafka and PostgreSQL', async () => {
  const folder = temporaryFolder();
  const [kafka, database] = await Promise.all([startKafka(), createDatabase()]);
  const registry = await DistributedRegistry.start({
    DATA_DIR: folder.path,
    KAFKA_BROKERS: kafka.brokers.join(),
    POSTGRES_URL: database.connectionString,
  });
  await registry.ready();
  return {
    registry,
    remove: async () => {
      await kafka.stop();
      await database.drop();
      folder.remove();
    },
  };
});
