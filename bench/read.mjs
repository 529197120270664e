import autocannon from 'autocannon';
import { describeProbe, fdatasyncProbe } from './lib/fdatasync-probe.mjs';
import { liftLimits } from './lib/limits.mjs';
import { eventually, headers, startRegistry } from '../tools/running-registry.mjs';
import { vxu } from './lib/vxu.mjs';

const SECONDS = Number(process.env.BENCH_SECONDS ?? 15);
const CONNECTIONS = 32;
const PERSONS = 1_000;
const KEY = 'demo-lakeside-clinic';
const READ = { 'x-purpose-of-use': 'treatment' };

/** Reads by id through the gate, past it, and 64 readers of one person; all in one process. */
export const read = async () => {
  const registry = await startRegistry({ main: 'bench/lib/registry-with-ungated-route.mjs' });
  try {
    await liftLimits(registry.url);
    const ids = await enrol(registry.url);
    const probe = fdatasyncProbe(registry.folder);
    const load = async (path, connections, everyone) => {
      let next = 0;
      const result = await autocannon({
        url: registry.url,
        connections,
        duration: SECONDS,
        headers: headers(KEY, READ),
        requests: [
          {
            setupRequest: (request) => ({
              ...request,
              path: `${path}/${ids[everyone ? next++ % ids.length : 0]}`,
            }),
          },
        ],
      });
      return result;
    };
    // One after another and then once more, because the machine's speed drifts.
    const rows = {};
    const ratios = [];
    for (const round of [1, 2]) {
      const ungated = await load('/ungated', CONNECTIONS, true);
      const gated = await load('/persons', CONNECTIONS, true);
      ratios.push(ungated.requests.average / gated.requests.average);
      rows[`ungated read, round ${round}`] = rowOf(ungated);
      rows[`gated read, round ${round}`] = rowOf(gated);
    }
    rows['gated, 64 readers of one person'] = rowOf(await load('/persons', 64, false));
    rows['ungated : gated'] = { 'reads/s': ratios.map((ratio) => ratio.toFixed(2)).join(' and ') };
    rows['probe before'] = { 'reads/s': describeProbe(probe) };
    rows['probe after'] = { 'reads/s': describeProbe(fdatasyncProbe(registry.folder)) };
    return rows;
  } finally {
    await registry.stop();
  }
};

const rowOf = (result) => ({
  'reads/s': Math.round(result.requests.average),
  p50: result.latency.p50,
  p99: result.latency.p99,
  failed: result.non2xx + result.errors,
});

/** Submits a dose for each person and finds out the clinic's own id for each. */
const enrol = async (url) => {
  const post = (path, rest, body) => fetch(url + path, { method: 'POST', headers: headers(KEY, rest), body });
  for (let first = 0; first < PERSONS; first += 50) {
    await Promise.all(
      Array.from({ length: 50 }, (_, index) =>
        post('/hl7', { 'content-type': 'application/hl7-v2' }, vxu(first + index, first + index)),
      ),
    );
  }
  const ids = [];
  for (let person = 0; person < PERSONS; person += 1) {
    const terms = JSON.stringify({ identifier: { authority: 'LAKE', value: String(1_000_000 + person) } });
    const found = await eventually(
      async () =>
        (await post('/persons/search', { ...READ, 'content-type': 'application/json' }, terms)).json(),
      (answer) => answer.persons.length === 1,
    );
    ids.push(found.persons[0].id);
  }
  return ids;
};
