/**
 * Messages that a consumer could not handle and put aside, of a running registry:
 *
 *     REGISTRY_KEY=… npm run dead-letters -- [list] [--url http://127.0.0.1:3000]
 *     REGISTRY_KEY=… npm run dead-letters -- replay GROUP [--url …]
 *
 * The key is an administrator's. It comes from the environment, because arguments of a program can be read by everybody on its machine.
 * Ends with 0 if none are left (after a replay: none of the group), 1 if there are some, 2 if the registry could not be asked.
 */
import { parseArgs } from 'node:util';

const USAGE = 'REGISTRY_KEY=… npm run dead-letters -- [list | replay GROUP] [--url URL]';
const COLUMNS = ['group', 'topic', 'key', 'reason', 'attempts', 'since'];

const list = async (ask) => {
  const { deadLetters } = await ask('GET', '/dead-letters');
  print(deadLetters.length === 0 ? 'No dead letters' : tableOf(deadLetters));
  return deadLetters.length;
};

const replay = async (ask, group) => {
  const { replayed, remaining } = await ask('POST', `/dead-letters/${encodeURIComponent(group)}/replay`);
  print(`${group}: ${replayed} replayed, ${remaining} left`);
  return remaining;
};

const asking = (url, key) => async (method, path) => {
  const response = await fetch(`${url}${path}`, {
    method,
    headers: { authorization: `Bearer ${key}` },
  });
  if (!response.ok) throw new Error(MEANINGS[response.status] ?? `The registry answered ${response.status}`);
  return response.json();
};

const MEANINGS = {
  401: 'The registry does not know the key (401)',
  403: 'The key is not an administrator’s (403)',
  404: 'There is no such group (404)',
};

const tableOf = (letters) => {
  const rows = [COLUMNS, ...letters.map((letter) => COLUMNS.map((column) => plain(letter[column])))];
  const widths = COLUMNS.map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  return rows
    .map((row) =>
      row
        .map((text, column) => text.padEnd(widths[column]))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
};

/** Nothing that a terminal would act upon. */
const plain = (value) => String(value ?? '').replace(/\p{Cc}/gu, '?');

const print = (text) => process.stdout.write(`${text}\n`);

const main = async () => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { url: { type: 'string', default: 'http://127.0.0.1:3000' } },
  });
  const key = process.env.REGISTRY_KEY;
  const [command = 'list', group, ...rest] = positionals;
  if (!key || rest.length > 0) throw new Error(USAGE);
  const ask = asking(values.url, key);
  if (command === 'list' && group === undefined) return list(ask);
  if (command === 'replay' && group !== undefined) return replay(ask, group);
  throw new Error(USAGE);
};

try {
  process.exitCode = (await main()) === 0 ? 0 : 1;
} catch (error) {
  // What fetch throws has the reason as its cause.
  process.stderr.write(`${error.cause?.message || error.cause?.code || error.message}\n`);
  process.exitCode = 2;
}
