import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { generatePopulation } from '../tools/generate-population.mjs';
import { importFile } from '../tools/import.mjs';
import { headers, startRegistry } from '../tools/running-registry.mjs';
import { storedIn } from './lib/stored.mjs';
import { vxu } from './lib/vxu.mjs';

const RECORDS = Number(process.env.BENCH_RECORDS ?? 20_000);
const PARTS = 5;

/**
 * A whole population end to end: `BENCH_RECORDS` vital records and as many VXUs by the import command, until every one of them can be read; then a
 * restart. The cost of a record at the end is held against that at the beginning, in processor time, which no neighbour changes much.
 */
export const population = async () => {
  const files = mkdtempSync(join(tmpdir(), 'population-'));
  await generatePopulation({ births: RECORDS, vxus: RECORDS, out: files });
  let registry = await startRegistry();
  const stored = storedIn(registry.folder);
  const result = {};
  let refused = 0;
  for (const { name, files: names, key } of [
    { name: 'vital records', files: ['births.ndjson'], key: () => 'demo-vital-records' },
    {
      name: 'VXUs',
      files: ['vxu-lakeside.hl7', 'vxu-prairie.hl7'],
      key: (file) => `demo-${file.slice(4, -4)}-clinic`,
    },
  ]) {
    const meter = meterOf(registry, name, RECORDS / PARTS);
    for (const file of names) {
      const progress = await importFile(join(files, file), {
        url: registry.url,
        key: key(file),
        onPiece: async ({ piece }) => meter.count(piece),
      });
      refused += progress.refused;
    }
    await meter.end();
    result[`${name}: records/s until all can be read`] = Math.round(RECORDS / meter.seconds());
    result[`${name}: CPU ms a record, by fifth`] = meter.costs.map((cost) => cost.toFixed(2)).join(', ');
  }
  const taken = stored.submissions();
  const linked = stored.linked();
  result['records taken / refused'] = `${taken} / ${refused}`;
  result['resident MiB at the end / peak'] = Object.values(registry.resident()).map(Math.round).join(' / ');
  const persons = stored.persons();
  const sizes = stored.megabytes();
  const total = Object.values(sizes).reduce((sum, size) => sum + size, 0);
  result['persons'] = persons;
  result['events'] = stored.events();
  result['disk'] = `${(total / 1024).toFixed(2)} GiB, ${Math.round((total * 1024) / persons)} KiB a person`;
  result['disk by file, MiB'] = Object.entries(sizes)
    .map(([file, size]) => `${file} ${Math.round(size)}`)
    .join(', ');

  const { folder } = registry;
  await registry.stop({ keep: true });
  const restart = performance.now();
  registry = await startRegistry({ folder });
  result['restart to listening, s'] = seconds(restart);
  await until(async () => (await fetch(`${registry.url}/health/ready`)).ok);
  result['restart to ready, s'] = seconds(restart);
  await fetch(`${registry.url}/hl7`, {
    method: 'POST',
    headers: headers('demo-lakeside-clinic', { 'content-type': 'application/hl7-v2' }),
    body: vxu(99_999_999, 99_999_999),
  });
  await until(async () => stored.linked() > linked);
  result['restart to a new record read, s'] = seconds(restart);
  result['resident MiB after the restart'] = Math.round(registry.resident().now);
  await registry.stop();
  rmSync(files, { recursive: true });
  return result;
};

/**
 * Processor time a record, by parts: what the registry used from the beginning of a part to its end. It can lag behind what it takes, so
 * each part begins when everything before can be read; finding that out is no part of the time.
 */
const meterOf = (registry, name, part) => {
  const costs = [];
  const stored = storedIn(registry.folder);
  let counted = 0;
  let cpu = registry.cpuMs();
  let began = performance.now();
  let milliseconds = 0;
  const end = async () => {
    if (counted === 0) return;
    milliseconds += (await settledAt(stored)) - began;
    const now = registry.cpuMs();
    costs.push((now - cpu) / counted);
    const resident = Math.round(registry.resident().now);
    const at = new Date().toISOString().slice(11, 19);
    console.log(
      `${at} ${name}, part ${costs.length}: ${costs.at(-1).toFixed(2)} CPU ms each, ${resident} MiB resident`,
    );
    cpu = now;
    counted = 0;
    began = performance.now();
  };
  return {
    costs,
    seconds: () => milliseconds / 1_000,
    count: async (records) => {
      counted += records;
      if (counted >= part) await end();
    },
    end,
  };
};

const SETTLED_MS = 2_000;

/** Resolves when the number of submissions that can be read has stayed as it is for a while, with when that began. */
const settledAt = async (stored) => {
  let number = stored.linked();
  let since = performance.now();
  while (performance.now() - since < SETTLED_MS) {
    await pause(250);
    const now = stored.linked();
    if (now !== number) since = performance.now();
    number = now;
  }
  return since;
};

const seconds = (since) => ((performance.now() - since) / 1_000).toFixed(1);
const until = async (holds) => {
  while (!(await holds())) await pause(50);
};
