import { setTimeout as pause } from 'node:timers/promises';
import { LocalCopies } from './local-copies.js';
import { HttpRegistryClient } from './registry-client.js';
import { Subscriber } from './subscriber.js';

/**
 * Keeps copies by REST.
 *
 * REGISTRY_URL, REGISTRY_KEY, PURPOSE: as the subscription has them; COPIES_DIR: where; POLL_SECONDS: how often to ask, once without.
 */
const { REGISTRY_URL, REGISTRY_KEY, PURPOSE, COPIES_DIR = './copies', POLL_SECONDS } = process.env;

const main = async (): Promise<void> => {
  if (REGISTRY_URL === undefined || REGISTRY_KEY === undefined || PURPOSE === undefined)
    throw new Error('REGISTRY_URL, REGISTRY_KEY and PURPOSE are needed');
  const copies = await LocalCopies.open(COPIES_DIR);
  const subscriber = new Subscriber(new HttpRegistryClient(REGISTRY_URL, REGISTRY_KEY, PURPOSE), copies);
  const seconds = Number(POLL_SECONDS);
  for (;;) {
    await subscriber.catchUp();
    const isWhole = await subscriber.reconcile();
    process.stdout.write(`${JSON.stringify({ records: copies.digest().records, isWhole })}\n`);
    if (!(seconds > 0)) return;
    await pause(seconds * 1_000);
  }
};

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : 'Failed'}\n`);
  process.exitCode = 1;
});
