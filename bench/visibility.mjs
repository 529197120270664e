import { setTimeout as pause } from 'node:timers/promises';
import autocannon from 'autocannon';
import { headers, startRegistry } from '../tools/running-registry.mjs';
import { vxu } from './lib/vxu.mjs';

const SECONDS = Number(process.env.BENCH_SECONDS ?? 20);
/** Half of the ingest that DESIGN.md asks for. */
const LOAD = 750;
const PROBE_EVERY_MS = 100;
const FIRST_PROBE = 50_000_000;

/** From a submission's ACK until its sender can find the person, while others send at half load. */
export const visibility = async () => {
  const registry = await startRegistry();
  try {
    let message = 0;
    const load = autocannon({
      url: `${registry.url}/hl7`,
      method: 'POST',
      headers: headers('demo-prairie-clinic', { 'content-type': 'application/hl7-v2' }),
      connections: 32,
      overallRate: LOAD,
      duration: SECONDS,
      requests: [
        { setupRequest: (request) => ({ ...request, body: vxu(Math.floor((message += 1) / 2), message) }) },
      ],
    });
    // The first second warms up.
    await pause(1_000);
    const times = [];
    const probes = [];
    for (let probe = 0; probe < ((SECONDS - 2) * 1_000) / PROBE_EVERY_MS; probe += 1) {
      probes.push(visible(registry.url, FIRST_PROBE + probe).then((time) => times.push(time)));
      await pause(PROBE_EVERY_MS);
    }
    await Promise.all(probes);
    const { requests } = await load;
    times.sort((a, b) => a - b);
    const at = (share) => Math.round(times[Math.min(times.length - 1, Math.floor(times.length * share))]);
    return {
      'VXU/s meanwhile': Math.round(requests.average),
      probes: times.length,
      'ACK to visible, ms: p50 / p99 / slowest': `${at(0.5)} / ${at(0.99)} / ${at(1)}`,
    };
  } finally {
    await registry.stop();
  }
};

const visible = async (url, person) => {
  const submitted = vxu(person, person);
  await fetch(`${url}/hl7`, {
    method: 'POST',
    headers: headers('demo-lakeside-clinic', { 'content-type': 'application/hl7-v2' }),
    body: submitted,
  });
  const acknowledged = performance.now();
  const [, , , identifier] = submitted.split('\r')[1].split('|');
  const [value, , , authority] = identifier.split('^');
  for (;;) {
    const { ok } = await fetch(`${url}/persons/search`, {
      method: 'POST',
      headers: headers('demo-lakeside-clinic', {
        'content-type': 'application/json',
        'x-purpose-of-use': 'treatment',
      }),
      body: JSON.stringify({ identifier: { authority, value } }),
    });
    if (ok) return performance.now() - acknowledged;
    await pause(5);
  }
};
