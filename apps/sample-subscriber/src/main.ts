import { setTimeout as pause } from 'node:timers/promises';
import { createKafkaExchange } from '@registry/exchange';
import { LocalCopies } from './local-copies.js';
import { HttpRegistryClient } from './registry-client.js';
import { Subscriber } from './subscriber.js';

/**
 * Keeps copies, told by REST or, with KAFKA_BROKERS, by the organization's own topic; the records it fetches by REST either way.
 *
 * REGISTRY_URL, REGISTRY_KEY, PURPOSE: as the subscription has them; COPIES_DIR: where.
 * By REST: POLL_SECONDS: how often to ask, once without. By Kafka, until SIGTERM: KAFKA_BROKERS, ORGANIZATION_ID: whose topic.
 */
const {
  REGISTRY_URL,
  REGISTRY_KEY,
  PURPOSE,
  COPIES_DIR = './copies',
  POLL_SECONDS,
  KAFKA_BROKERS,
  ORGANIZATION_ID,
} = process.env;

const print = (said: object): void => void process.stdout.write(`${JSON.stringify(said)}\n`);

/** What an error says could quote what it is about. */
const codeOf = (error: unknown): string =>
  error instanceof Error ? ('code' in error ? String(error.code) : error.name) : 'Failed';

const main = async (): Promise<void> => {
  if (REGISTRY_URL === undefined || REGISTRY_KEY === undefined || PURPOSE === undefined)
    throw new Error('REGISTRY_URL, REGISTRY_KEY and PURPOSE are needed');
  const copies = await LocalCopies.open(COPIES_DIR);
  const registry = new HttpRegistryClient(REGISTRY_URL, REGISTRY_KEY, PURPOSE);
  if (KAFKA_BROKERS === undefined) return byRest(registry, copies);
  if (ORGANIZATION_ID === undefined) throw new Error('ORGANIZATION_ID is needed: it names the topic');
  return byKafka(registry, copies, KAFKA_BROKERS.split(','), ORGANIZATION_ID);
};

const byRest = async (registry: HttpRegistryClient, copies: LocalCopies): Promise<void> => {
  const subscriber = new Subscriber(registry, copies);
  const seconds = Number(POLL_SECONDS);
  for (;;) {
    await subscriber.catchUp();
    const isWhole = await subscriber.reconcile();
    print({ records: copies.digest().records, isWhole });
    if (!(seconds > 0)) return;
    await pause(seconds * 1_000);
  }
};

const byKafka = async (
  registry: HttpRegistryClient,
  copies: LocalCopies,
  brokers: readonly string[],
  organizationId: string,
): Promise<void> => {
  const subscriber = new Subscriber(registry, copies, (day, isWhole) =>
    print({ day, records: copies.digest().records, isWhole }),
  );
  const exchange = createKafkaExchange({
    brokers,
    clientId: `subscriber-${organizationId}`,
    lookEvery: 1_000,
  });
  subscriber.consume(exchange, organizationId, (error) => {
    process.stderr.write(`Trouble: ${codeOf(error)}\n`);
  });
  await new Promise((resolve) => {
    process.once('SIGTERM', resolve);
    process.once('SIGINT', resolve);
  });
  // The message under way is done first.
  await exchange.close();
};

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : 'Failed'}\n`);
  process.exitCode = 1;
});
