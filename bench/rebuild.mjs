import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import autocannon from 'autocannon';
import { headers, startRegistry } from '../tools/running-registry.mjs';
import { storedIn } from './lib/stored.mjs';
import { vxu } from './lib/vxu.mjs';

const MESSAGES = Number(process.env.BENCH_MESSAGES ?? 20_000);

/** The records' read model made anew from the event store: events of its topics a second. */
export const rebuild = async () => {
  let registry = await startRegistry();
  const { folder } = registry;
  const stored = storedIn(folder);
  let message = 0;
  await autocannon({
    url: `${registry.url}/hl7`,
    method: 'POST',
    headers: headers('demo-lakeside-clinic', { 'content-type': 'application/hl7-v2' }),
    connections: 64,
    amount: MESSAGES,
    requests: [
      { setupRequest: (request) => ({ ...request, body: vxu(Math.floor((message += 1) / 2), message) }) },
    ],
  });
  while (stored.linked() < MESSAGES) await pause(100);
  await registry.stop({ keep: true });
  const events = stored.events();
  for (const suffix of ['', '-wal', '-shm']) rmSync(join(folder, `read-query.db${suffix}`), { force: true });
  registry = await startRegistry({ folder });
  const began = performance.now();
  while (!(await fetch(`${registry.url}/health/ready`)).ok) await pause(10);
  const milliseconds = performance.now() - began;
  const result = {
    events,
    'events/s': Math.round((1_000 * events) / milliseconds),
    'records/s': Math.round((1_000 * stored.persons()) / milliseconds),
  };
  await registry.stop();
  return result;
};
