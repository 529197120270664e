/**
 * Appends full batches to streams of its own until it is killed, and prints `stream number` for each that was
 * acknowledged. Runs the built library: `node append-until-killed.cjs sqlite-inline|sqlite-thread|postgres <target> <prefix>`.
 */
const { writeSync } = require('node:fs');
const { openPostgresEventStore, openSqliteEventStore } = require('../../dist/index.js');

const BATCH = 3;
const WRITERS = 8;

const [adapter, target, prefix] = process.argv.slice(2);

const event = (id) => ({
  id,
  type: 'Happened',
  data: { text: 'x'.repeat(200) },
  metadata: { schemaVersion: 1 },
});

const write = async (store, stream) => {
  for (let number = 0; ; number += 1) {
    const events = Array.from({ length: BATCH }, (_, index) => event(`${stream}/${number}/${index}`));
    await store.append(stream, number === 0 ? 'none' : number * BATCH - 1, events);
    // Synchronously, so that nothing acknowledged is lost with the process's own buffers.
    writeSync(1, `${stream} ${number}\n`);
  }
};

const main = async () => {
  const store =
    adapter === 'postgres'
      ? await openPostgresEventStore({ connectionString: target })
      : await openSqliteEventStore({
          file: target,
          writer: adapter === 'sqlite-thread' ? 'thread' : 'inline',
        });
  await Promise.all(Array.from({ length: WRITERS }, (_, writer) => write(store, `${prefix}-${writer}`)));
};

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
