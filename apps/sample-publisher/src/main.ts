import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createKafkaExchange, type PublicKey } from '@registry/exchange';
import { Publisher, type InboundKind } from './publisher.js';

/**
 * Publishes files, a message each, and prints what became of them.
 *
 * REGISTRY_URL: where the registry's key is; KAFKA_BROKERS; CLIENT_ID: as the directory has it; KIND: hl7, births or immunizations.
 */
const { REGISTRY_URL, KAFKA_BROKERS, CLIENT_ID, KIND = 'hl7' } = process.env;

const main = async (): Promise<void> => {
  if (REGISTRY_URL === undefined || KAFKA_BROKERS === undefined || CLIENT_ID === undefined)
    throw new Error('REGISTRY_URL, KAFKA_BROKERS and CLIENT_ID are needed');
  const publicKey = async (): Promise<PublicKey> => {
    const answer = await fetch(`${REGISTRY_URL}/inbound-keys`);
    const { keys } = (await answer.json()) as { keys: PublicKey[] };
    const [key] = keys;
    if (key === undefined) throw new Error('The registry has no key to seal for');
    return key;
  };
  const exchange = createKafkaExchange({
    brokers: KAFKA_BROKERS.split(','),
    clientId: `publisher-${CLIENT_ID}`,
    lookEvery: 1_000,
  });
  const publisher = new Publisher(exchange, { clientId: CLIENT_ID, publicKey });
  try {
    for (const file of process.argv.slice(2)) {
      const content = readFileSync(file, 'utf8');
      // Of the content: the same file again is the same message.
      const id = createHash('sha256').update(content).digest('hex');
      const { status, problems } = await publisher.submit(KIND as InboundKind, id, id, content);
      process.stdout.write(
        `${JSON.stringify({ file, status, ...(problems === undefined ? {} : { problems }) })}\n`,
      );
    }
  } finally {
    await publisher.stop();
    await exchange.close();
  }
};

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : 'Failed'}\n`);
  process.exitCode = 1;
});
