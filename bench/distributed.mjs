import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import autocannon from 'autocannon';
import { eventually, headers } from '../tools/running-registry.mjs';
import { startServices } from '../tools/services/run.mjs';
import testingKafka from '@registry/testing-kafka';
import { liftLimits } from './lib/limits.mjs';
import { vxu } from './lib/vxu.mjs';

const SECONDS = Number(process.env.BENCH_SECONDS ?? 20);
const PROBES = 50;
const FIRST_PROBE = 60_000_000;
const LAKESIDE = 'demo-lakeside-clinic';

/**
 * The services of the distributed profile, all on this machine with their broker and database: submissions, gated reads, and how long it takes from one
 * to the other. Needs POSTGRES_URL, an empty database.
 */
export const distributed = async () => {
  const { POSTGRES_URL } = process.env;
  if (POSTGRES_URL === undefined) return { skipped: 'POSTGRES_URL is not set' };
  const folder = mkdtempSync(join(tmpdir(), 'bench-services-'));
  const broker = await testingKafka.startKafka();
  const services = await startServices({
    environment: {
      ...process.env,
      DATA_DIR: folder,
      KAFKA_BROKERS: broker.brokers.join(','),
      REGISTRY_DEMO: '1',
      LOG_LEVEL: 'error',
    },
  });
  const direct = (service) => services.of(service)[0].url;
  try {
    await eventually(
      () => fetch(`${services.url}/health/ready`),
      ({ ok }) => ok,
    );
    await liftLimits(services.url);
    const times = [];
    for (let probe = 0; probe < PROBES; probe += 1)
      times.push(await visible(services.url, FIRST_PROBE + probe));
    times.sort((a, b) => a - b);

    let message = 0;
    const ingest = await autocannon({
      url: `${direct('ingestion')}/hl7`,
      method: 'POST',
      headers: headers(LAKESIDE, { 'content-type': 'application/hl7-v2' }),
      connections: 64,
      duration: SECONDS,
      requests: [
        { setupRequest: (request) => ({ ...request, body: vxu(Math.floor((message += 1) / 2), message) }) },
      ],
      verifyBody: (body) => body.includes('MSA|AA|'),
    });
    const began = performance.now();
    await found(services.url, vxu(Math.floor(message / 2) - 1, 0));
    const behind = performance.now() - began;

    const id = (await search(services.url, vxu(FIRST_PROBE, 0)))[0].id;
    const read = await autocannon({
      url: `${direct('query')}/persons/${id}`,
      headers: headers(LAKESIDE, { 'x-purpose-of-use': 'treatment' }),
      connections: 32,
      duration: SECONDS,
    });
    return {
      'ACK to visible without load, ms: p50 / p90': `${Math.round(times[PROBES / 2])} / ${Math.round(times[PROBES * 0.9])}`,
      'VXU/s to durable ACK': Math.round(ingest.requests.average),
      'p50 / p99 ms of it': `${ingest.latency.p50} / ${ingest.latency.p99}`,
      'not AA': ingest.non2xx + ingest.errors + ingest.mismatches,
      'until the last of them is visible, s': (behind / 1_000).toFixed(1),
      'gated reads/s of one person': Math.round(read.requests.average),
      'p50 / p99 ms of them': `${read.latency.p50} / ${read.latency.p99}`,
      'not 200': read.non2xx + read.errors,
    };
  } finally {
    await services.stop();
    await broker.stop();
    rmSync(folder, { recursive: true, force: true });
  }
};

const search = async (url, message) => {
  const [value, , , authority] = message.split('\r')[1].split('|')[3].split('^');
  const answer = await fetch(`${url}/persons/search`, {
    method: 'POST',
    headers: headers(LAKESIDE, { 'content-type': 'application/json', 'x-purpose-of-use': 'treatment' }),
    body: JSON.stringify({ identifier: { authority, value } }),
  });
  return answer.ok ? (await answer.json()).persons : [];
};

const found = async (url, message) => {
  while ((await search(url, message)).length === 0) await pause(5);
};

const visible = async (url, person) => {
  const message = vxu(person, person);
  await fetch(`${url}/hl7`, {
    method: 'POST',
    headers: headers(LAKESIDE, { 'content-type': 'application/hl7-v2' }),
    body: message,
  });
  const acknowledged = performance.now();
  await found(url, message);
  return performance.now() - acknowledged;
};
