/**
 * A FAKE EventStoreDB for development without a server, on 127.0.0.1:
 *
 *     npm run eventstore:fake -- [--port 2113] [--data data/eventstore-fake]
 *
 * Then EVENTSTORE_URL='esdb://127.0.0.1:2113?tls=false'. It has no users, no TLS and no cluster, and understands what the
 * registry's adapter asks, no more (docs/adr/0016-eventstoredb-adapter.md). Stop it with Ctrl-C.
 */
import { mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { build, isStale } from './build.mjs';

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '2113' },
    data: { type: 'string', default: 'data/eventstore-fake' },
  },
});

if (isStale()) {
  console.error('Building, because sources have changed …');
  const code = build();
  if (code !== 0) process.exit(code);
}

const require = createRequire(import.meta.url);
const { openSqliteEventStore } = require('@registry/event-store');
const { FakeEventStoreServer } = require('@registry/testing-eventstore');

const folder = resolve(values.data);
mkdirSync(folder, { recursive: true });
const store = await openSqliteEventStore({ file: join(folder, 'events.db') });
const server = await FakeEventStoreServer.start({ store, port: Number(values.port) });

console.error(`
############################################################
#  This is a FAKE of EventStoreDB. NOT FOR PRODUCTION.     #
#  No users, no TLS, no cluster: anybody who reaches the   #
#  port reads and writes everything.                       #
############################################################
`);
console.log(`EVENTSTORE_URL='${server.connectionString}'    data in ${folder}`);

const stop = async () => {
  await server.stop();
  await store.close();
};
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => void stop());
