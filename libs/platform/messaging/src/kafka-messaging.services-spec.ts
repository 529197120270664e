import { createMemoryEventStore } from '@registry/event-store';
import { startKafka, type KafkaBroker } from '@registry/testing-kafka';
import { freshTopics, RelayedMessaging } from './kafka-fixture.contract.js';
import { describeMessagingContract } from './messaging.contract.js';

jest.setTimeout(120_000);

let broker: KafkaBroker;

beforeAll(async () => {
  broker = await startKafka();
});

afterAll(() => broker.stop());

describeMessagingContract(
  'Kafka',
  async () => {
    const messaging = new RelayedMessaging(await freshTopics(broker.brokers), createMemoryEventStore());
    return { messaging, store: messaging.store, close: () => messaging.close() };
  },
  'everywhere',
);
