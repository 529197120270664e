import { closeSync, openSync, readSync } from 'node:fs';

/** Where the records of a file go, by what it begins with. `as` decides where that does not say. */
export const targetOf = (path, as) => {
  const start = startOf(path);
  const text = start
    .toString('utf8')
    .replace(/^\ufeff/, '')
    // MLLP's first byte is white space, too.
    .trimStart();
  if (/^(MSH|FHS|BHS)./.test(text)) {
    return { path: '/hl7', format: 'hl7', contentType: 'application/hl7-v2', records: 500 };
  }
  const rows = as ?? guess(text);
  if (!['births', 'deaths', 'rosters'].includes(rows)) {
    throw new Error(`${path}: say what it holds: --as births, deaths or rosters`);
  }
  return text.startsWith('{')
    ? { path: `/${rows}`, format: 'ndjson', contentType: 'application/x-ndjson', records: 1_000 }
    : { path: `/${rows}`, format: 'csv', contentType: 'text/csv', records: 1_000 };
};

const guess = (text) => {
  const first = text.split('\n')[0] ?? '';
  if (/"event"\s*:\s*"death"|"register"\s*:\s*"death"/.test(first)) return 'deaths';
  if (/"event"\s*:\s*"(birth|amendment|replacement|void)"/.test(first)) return 'births';
  return undefined;
};

const startOf = (path) => {
  const file = openSync(path, 'r');
  try {
    const bytes = Buffer.alloc(65_536);
    return bytes.subarray(0, readSync(file, bytes, 0, bytes.length, 0));
  } finally {
    closeSync(file);
  }
};
