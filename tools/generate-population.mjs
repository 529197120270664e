/**
 * Invents a population and writes what upstream would send about it:
 *
 *     node tools/generate-population.mjs --births 1000000 --vxus 1000000 --out FOLDER [--seed 1]
 *
 * `births.ndjson` holds births, amendments, replacements and voids; `vxu-lakeside.hl7` and `vxu-prairie.hl7` the VXUs of two organizations with two clinics
 * each. Families share names, parents, homes and phones; there are twins, moves, name changes, nicknames, adoptions, typing errors and
 * messages with defects, at the rates in `tools/population/`. The same seed gives the same files. Nobody in them is real.
 */
import { createWriteStream, mkdirSync } from 'node:fs';
import { once } from 'node:events';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { vitalRecordsOf } from './population/births.mjs';
import { families } from './population/people.mjs';
import { messagesOf } from './population/vxus.mjs';

const UNTIL = Date.UTC(2026, 9, 1);

/** @returns how much was written to which file */
export const generatePopulation = async ({ births, vxus, out, seed = 1 }) => {
  mkdirSync(out, { recursive: true });
  const files = {
    births: fileOf(join(out, 'births.ndjson')),
    lakeside: fileOf(join(out, 'vxu-lakeside.hl7')),
    prairie: fileOf(join(out, 'vxu-prairie.hl7')),
  };
  const counts = { births: 0, vxus: 0 };
  for (const children of families({ seed, until: UNTIL })) {
    if (counts.births >= births && counts.vxus >= vxus) break;
    for (const child of children) {
      for (const record of vitalRecordsOf(child)) {
        if (counts.births >= births) break;
        counts.births += 1;
        await files.births.write(`${JSON.stringify(record)}\n`);
      }
      for (const { clinic, text } of messagesOf(child, UNTIL)) {
        if (counts.vxus >= vxus) break;
        counts.vxus += 1;
        await files[clinic.client].write(text);
      }
    }
  }
  for (const file of Object.values(files)) await file.end();
  return counts;
};

const BUFFER_CHARACTERS = 1_048_576;

const fileOf = (path) => {
  const stream = createWriteStream(path);
  let buffer = '';
  const flush = async () => {
    const text = buffer;
    buffer = '';
    if (!stream.write(text)) await once(stream, 'drain');
  };
  return {
    async write(text) {
      buffer += text;
      if (buffer.length > BUFFER_CHARACTERS) await flush();
    },
    async end() {
      await flush();
      stream.end();
      await once(stream, 'close');
    },
  };
};

if (import.meta.filename === process.argv[1]) {
  const { values } = parseArgs({
    options: {
      births: { type: 'string', default: '10000' },
      vxus: { type: 'string', default: '10000' },
      out: { type: 'string' },
      seed: { type: 'string', default: '1' },
    },
  });
  if (values.out === undefined) throw new Error('Say where to: --out FOLDER');
  const counts = await generatePopulation({
    births: Number(values.births),
    vxus: Number(values.vxus),
    out: values.out,
    seed: Number(values.seed),
  });
  console.log(`${counts.births} vital records and ${counts.vxus} VXUs in ${values.out}`);
}
