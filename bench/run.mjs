import { cpus, totalmem } from 'node:os';

const BENCHMARKS = {
  start: async () => (await import('./start.mjs')).start(),
  ingest: async () => (await import('./ingest.mjs')).ingest({ connections: 64 }),
  'ingest-20': async () => (await import('./ingest.mjs')).ingest({ connections: 20 }),
  'ingest-batches': async () => (await import('./ingest.mjs')).ingest({ connections: 4, batch: 50 }),
  read: async () => (await import('./read.mjs')).read(),
  visibility: async () => (await import('./visibility.mjs')).visibility(),
  rebuild: async () => (await import('./rebuild.mjs')).rebuild(),
  population: async () => (await import('./population.mjs')).population(),
  directory: async () => (await import('./directory.mjs')).directory(),
  distributed: async () => (await import('./distributed.mjs')).distributed(),
  kafka: async () => (await import('./kafka.mjs')).kafka(),
};

const wanted = process.argv.slice(2);
const names = wanted.length > 0 ? wanted : Object.keys(BENCHMARKS);
console.log(
  `${cpus().length} × ${cpus()[0].model}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}, ${new Date().toISOString()}`,
);
for (const name of names) {
  const run = BENCHMARKS[name];
  if (run === undefined)
    throw new Error(`No benchmark ${name}; there are ${Object.keys(BENCHMARKS).join(', ')}`);
  console.log(`\n${name}`);
  console.table(await run());
}
