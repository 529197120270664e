import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { generatePopulation } from '../tools/generate-population.mjs';
import { importFile } from '../tools/import.mjs';
import { headers, startRegistry } from './lib/registry.mjs';
import { storedIn } from './lib/stored.mjs';
import { vxu } from './lib/vxu.mjs';

const RECORDS = Number(process.env.BENCH_RECORDS ?? 20_000);
const PARTS = 10;

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
  const meter = meterOf(registry, 2 * RECORDS);
  const began = performance.now();
  let refused = 0;
  for (const [file, key] of [
    ['births.ndjson', 'demo-vital-records'],
    ['vxu-lakeside.hl7', 'demo-lakeside-clinic'],
    ['vxu-prairie.hl7', 'demo-prairie-clinic'],
  ]) {
    const start = performance.now();
    let records = 0;
    const progress = await importFile(join(files, file), {
      url: registry.url,
      key,
      onPiece: async ({ piece }) => {
        records += piece;
        await meter(piece);
      },
    });
    refused += progress.refused;
    result[`${file}: records/s taken`] = rate(records, start);
  }
  const taken = stored.submissions();
  result['records taken / refused'] = `${taken} / ${refused}`;
  // Deaths, voids and rosters of nobody known are no part of a record.
  let linked = -1;
  for (let last; (linked = stored.linked()) !== last || linked === 0; last = linked, await pause(3_000));
  result['until all can be read, records/s'] = rate(taken, began + 3_000);
  result['CPU ms a record, first and last tenth'] = meter.ends().join(' and ');
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

/** Processor time by tenth of the records; counts what is done meanwhile, so that a backlog would show in a later tenth. */
const meterOf = (registry, total) => {
  const costs = [];
  let counted = 0;
  let cpu = registry.cpuMs();
  let since = 0;
  const meter = async (records) => {
    counted += records;
    since += records;
    if (since < total / PARTS) return;
    const now = registry.cpuMs();
    costs.push((now - cpu) / since);
    const { now: resident } = registry.resident();
    console.log(
      `${counted} records: ${costs.at(-1).toFixed(2)} CPU ms each in this tenth, ${Math.round(resident)} MiB resident`,
    );
    cpu = now;
    since = 0;
  };
  return Object.assign(meter, { ends: () => [costs[0], costs.at(-1)].map((cost) => cost?.toFixed(2)) });
};

const rate = (records, since) => Math.round((1_000 * records) / (performance.now() - since));
const seconds = (since) => ((performance.now() - since) / 1_000).toFixed(1);
const until = async (holds) => {
  while (!(await holds())) await pause(50);
};
