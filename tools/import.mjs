/**
 * Imports files of any size into a running registry:
 *
 *     REGISTRY_KEY=… npm run import -- FILE… [--url http://127.0.0.1:3000] [--as births|deaths|rosters] [--again]
 *
 * HL7 messages and batches, or rows as NDJSON or CSV. A file goes in pieces, one after the other, so that what it says of one person stays in order. Beside it
 * `FILE.import.json` says how far it got: a second run goes on from there. What was refused is listed in `FILE.refused.ndjson`, by number and
 * code, without a word of what was sent. Ends with 0 if all was taken, 1 if something was refused, 2 if it could not go on.
 */
import {
  appendFileSync,
  existsSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { piecesOf } from './import/pieces.mjs';
import { targetOf } from './import/target.mjs';

const RETRIES = 60;

export const importFile = async (path, { url, key, as, again = false, onPiece = () => undefined }) => {
  const target = targetOf(path, as);
  const size = statSync(path).size;
  const progressFile = `${path}.import.json`;
  const refusedFile = `${path}.refused.ndjson`;
  const before = again ? undefined : progressOf(progressFile, size);
  const progress = before ?? { size, offset: 0, records: 0, taken: 0, withErrors: 0, refused: 0 };
  if (before === undefined) rmSync(refusedFile, { force: true });
  const { format, records } = target;
  for (const piece of piecesOf(path, { format, from: progress.offset, records })) {
    const results = await send(url, key, target, piece.body);
    const counts = countsOf(results, piece.count);
    const refused = counts.refused.map(({ record, ...why }) =>
      JSON.stringify({ record: progress.records + record, ...why }),
    );
    if (refused.length > 0) appendFileSync(refusedFile, `${refused.join('\n')}\n`);
    progress.records += piece.count;
    progress.taken += counts.taken;
    progress.withErrors += counts.withErrors;
    progress.refused += counts.refused.length;
    progress.offset = piece.next;
    keep(progressFile, progress);
    await onPiece({ ...progress, piece: piece.count });
  }
  return progress;
};

const progressOf = (file, size) => {
  if (!existsSync(file)) return undefined;
  const progress = JSON.parse(readFileSync(file, 'utf8'));
  if (progress.size !== size)
    throw new Error(`${file} is about another content of the file: import it with --again`);
  return progress;
};

/** Whole or not at all. */
const keep = (file, progress) => {
  writeFileSync(`${file}.new`, JSON.stringify(progress));
  renameSync(`${file}.new`, file);
};

/** Sends a piece until the registry has answered for it; it takes nothing twice. */
const send = async (url, key, { path, contentType }, body) => {
  for (let attempt = 1; ; attempt += 1) {
    try {
      const response = await fetch(`${url}${path}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${key}`, 'content-type': contentType },
        body,
      });
      const text = await response.text();
      if (response.status === 200) return text;
      if (response.status !== 503 && response.status !== 429) {
        throw Object.assign(new Error(`${path} answered ${response.status}: ${text.slice(0, 300)}`), {
          final: true,
        });
      }
    } catch (error) {
      if (error.final || attempt === RETRIES) throw error;
    }
    await pause(Math.min(250 * attempt, 5_000));
  }
};

/** What became of the records of a piece: of rows from the answer's JSON, of messages from their ACKs. */
const countsOf = (answer, sent) => {
  if (!answer.startsWith('{')) return countsOfAcknowledgments(answer, sent);
  const { accepted, rows } = JSON.parse(answer);
  return {
    taken: accepted,
    withErrors: 0,
    refused: rows
      .filter(({ status }) => status === 'rejected')
      .map(({ row, problems }) => ({ record: row, problems })),
  };
};

const countsOfAcknowledgments = (answer, sent) => {
  const counts = { taken: 0, withErrors: 0, refused: [] };
  let record = 0;
  let problems = [];
  const settle = (code) => {
    if (code === 'AA') counts.taken += 1;
    else if (code === 'AE' && problems.every(({ lost }) => !lost)) counts.withErrors += 1;
    else counts.refused.push({ record, code, problems: problems.map(({ place }) => place) });
  };
  let code;
  for (const segment of answer.split('\r')) {
    const fields = segment.split('|');
    if (fields[0] === 'MSH') {
      if (code !== undefined) settle(code);
      code = undefined;
      record += 1;
      problems = [];
    }
    if (fields[0] === 'MSA') code = fields[1];
    if (fields[0] === 'ERR') {
      problems.push({
        place: `${fields[2]} ${(fields[3] ?? '').split('^')[0]} ${fields[4]}`,
        lost: isRejection(fields),
      });
    }
  }
  if (code !== undefined) settle(code);
  if (record < sent) counts.refused.push({ record: record + 1, code: 'no-answer', problems: [] });
  return counts;
};

/** The sentence that says that nothing of the message was taken. */
const isRejection = (fields) => /the message was not taken/i.test(fields[8] ?? '');

const line = (name, { size, offset, records, refused, withErrors }, rate) =>
  `${name}: ${((100 * offset) / Math.max(1, size)).toFixed(1)} %, ${records} records, ${rate}/s, ${withErrors} with errors, ${refused} refused`;

const main = async () => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      url: { type: 'string', default: 'http://127.0.0.1:3000' },
      as: { type: 'string' },
      again: { type: 'boolean', default: false },
    },
  });
  const key = process.env.REGISTRY_KEY;
  if (key === undefined || positionals.length === 0) {
    console.error(
      'REGISTRY_KEY=… npm run import -- FILE… [--url URL] [--as births|deaths|rosters] [--again]',
    );
    return 2;
  }
  let refused = 0;
  for (const path of positionals) {
    const began = performance.now();
    let sent = 0;
    let shown = 0;
    const rate = () => Math.round((1_000 * sent) / (performance.now() - began));
    const progress = await importFile(path, {
      ...values,
      key,
      onPiece: (now) => {
        sent += now.piece;
        if (performance.now() - shown < 1_000) return;
        shown = performance.now();
        console.log(line(basename(path), now, rate()));
      },
    });
    console.log(line(basename(path), progress, rate()));
    refused += progress.refused;
  }
  return refused > 0 ? 1 : 0;
};

if (import.meta.filename === process.argv[1]) {
  process.exitCode = await main().catch((error) => {
    console.error(error.message);
    return 2;
  });
}
