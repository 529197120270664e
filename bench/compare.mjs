// `node bench/compare.mjs CHECKOUT…`: ingest of built checkouts side by side. Machines change by more than most changes to a program do, from
// minute to minute; so all run at once and are loaded in short turns, each from first to last and back again.
import { setTimeout as pause } from 'node:timers/promises';
import { resolve } from 'node:path';
import { startRegistry } from '../tools/running-registry.mjs';
import { vxuLoad } from './lib/vxu-load.mjs';

const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 8);
const WARM_UP_SECONDS = 15;
const TURN_SECONDS = 4;
/** What was taken is projected in it. */
const REST_MS = 500;
const CONNECTIONS = 64;

const checkouts = [];
for (const path of process.argv.slice(2)) {
  const registry = await startRegistry({ main: resolve(path, 'apps/registry/dist/main.js') });
  checkouts.push({ path, registry, load: vxuLoad(registry, CONNECTIONS), messages: 0, cpuMs: 0, seconds: 0 });
}
if (checkouts.length === 0) throw new Error('Name one built checkout or more');

const turn = async ({ registry, load }, seconds) => {
  const cpuBefore = registry.cpuMs();
  const { requests, duration, non2xx, errors, mismatches } = await load(seconds);
  if (non2xx + errors + mismatches > 0) throw new Error('Not every message was taken');
  await pause(REST_MS);
  return { messages: requests.total, cpuMs: registry.cpuMs() - cpuBefore, seconds: duration };
};

for (const checkout of checkouts) await turn(checkout, WARM_UP_SECONDS);
for (let round = 0; round < ROUNDS; round += 1) {
  for (const checkout of round % 2 === 0 ? checkouts : [...checkouts].reverse()) {
    const { messages, cpuMs, seconds } = await turn(checkout, TURN_SECONDS);
    checkout.messages += messages;
    checkout.cpuMs += cpuMs;
    checkout.seconds += seconds;
  }
}
console.table(
  checkouts.map(({ path, registry, messages, cpuMs, seconds }) => ({
    checkout: path,
    'VXU/s to durable ACK': Math.round(messages / seconds),
    'CPU ms a message': (cpuMs / messages).toFixed(2),
    'resident MiB': Math.round(registry.resident().now),
  })),
);
for (const { registry } of checkouts) await registry.stop();
