// Writes the tables of libs/standards/vaccine-codes from CDC's published files: code sets (CVX, MVX, CPT, NDC, trade names,
// vaccine groups) and CDSi supporting data. With --check it writes nothing and fails if a table does not fit the files.
// SHARED_DATA: the folder that has codes/ and cdsi/.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const DATA = resolve(ROOT, process.env.SHARED_DATA ?? '../shared/data');
const TABLES = join(ROOT, 'libs/standards/vaccine-codes/src/tables');
const CDSI = join(DATA, 'cdsi/supporting-data');
/** The files do not say which release they are. */
const CDSI_RELEASE = '4.64';

const read = (...path) => readFileSync(join(...path), 'latin1').replaceAll('\r\n', '\n');

// --- The files are regular enough for this: elements without attributes, no CDATA, no comments.

const unescaped = (text) =>
  text
    .trim()
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&apos;', "'")
    .replaceAll('&amp;', '&');

const elements = (xml, name) =>
  [...xml.matchAll(new RegExp(`<${name}>(.*?)</${name}>`, 'gs'))].map(([, inner]) => inner);

const element = (xml, name) => unescaped(elements(xml, name)[0] ?? '');

/** Files that write a record as <Name>…</Name><Value>…</Value> pairs. */
const namedValues = (xml, record) =>
  elements(xml, record).map((inner) => {
    const pairs = inner.matchAll(/<Name>(.*?)<\/Name>\s*(?:<Value\s*\/>|<Value>(.*?)<\/Value>)/gs);
    return Object.fromEntries([...pairs].map(([, name, value = '']) => [name, unescaped(value)]));
  });

const rowsOf = (text) =>
  text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => line.split('|').map((value) => value.trim()));

const groupBy = (items, keyOf, valueOf) => {
  const groups = new Map();
  for (const item of items) {
    const key = keyOf(item);
    if (!groups.has(key)) groups.set(key, new Set());
    groups.get(key).add(valueOf(item));
  }
  return groups;
};

// --- Facts

const cvxCodes = elements(read(DATA, 'codes/cvx.xml'), 'CVXInfo').map((inner) => ({
  code: element(inner, 'CVXCode'),
  name: element(inner, 'ShortDescription'),
  status: element(inner, 'Status'),
  updated: element(inner, 'LastUpdated'),
}));
const isActive = new Map(cvxCodes.map(({ code, status }) => [code, status === 'Active']));

const manufacturers = namedValues(read(DATA, 'codes/mvx.xml'), 'MVXInfo');
const tradeNames = namedValues(read(DATA, 'codes/tradename.xml'), 'prodInfo');
const cptCodes = namedValues(read(DATA, 'codes/cpt.xml'), 'CPTInfo');
const groups = groupBy(
  namedValues(read(DATA, 'codes/vac2vg.xml'), 'CVXVGInfo'),
  (row) => row['CVXCode'],
  (row) => row['Vaccine Group Name'],
);

const products = (file, cvxColumn) =>
  rowsOf(read(DATA, 'codes', file)).map((row) => ({
    id: row[0],
    ndc: row[1].padStart(5, '0') + row[2].padStart(4, '0') + row[3].padStart(2, '0'),
    end: row[8].replace(/^(\d{4})(\d{2})(\d{2})$/, '$1-$2-$3'),
    cvx: row[cvxColumn],
  }));
const unitsOfSale = products('NDC_Unit_sale.txt', 12);
const unitsOfUse = products('NDC_Unit_use.txt', 11);

/** Trade names say who makes what, and so does the table that joins units of sale and of use. */
const makers = (() => {
  const saleById = new Map(unitsOfSale.map((unit) => [unit.id, unit]));
  const linked = rowsOf(read(DATA, 'codes/NDC_Linker.txt')).map(([, saleId, , mvx]) => ({
    mvx,
    cvx: saleById.get(saleId)?.cvx,
  }));
  const named = tradeNames.map((row) => ({ mvx: row['MVX Code'], cvx: row['CVXCode'] }));
  const known = [...named, ...linked].filter(({ mvx, cvx }) => mvx && cvx);
  return groupBy(
    known,
    ({ cvx }) => cvx,
    ({ mvx }) => mvx,
  );
})();

const antigens = groupBy(
  elements(read(CDSI, 'ScheduleSupportingData.xml'), 'cvxMap').flatMap((map) =>
    elements(map, 'antigen').map((antigen) => ({ cvx: element(map, 'cvx'), antigen: unescaped(antigen) })),
  ),
  ({ cvx }) => cvx,
  ({ antigen }) => antigen,
);

const DAYS = { day: 1, week: 7, month: 30, year: 365 };

/** `6 months - 4 days`. A month counts 30 days and a year 365, near enough for a comparison with a few days. */
const daysOf = (duration) => {
  let days = 0;
  for (const [, sign, count, unit] of duration.matchAll(/([+-]?)\s*(\d+)\s+(day|week|month|year)s?/g)) {
    days += (sign === '-' ? -1 : 1) * Number(count) * DAYS[unit];
  }
  return days;
};

/**
 * The smallest absolute minimum interval to an earlier dose that any series of the antigen has. An absolute minimum of no days is left
 * out: by it CDSi says that it does not judge the distance, not that doses are given on consecutive days. So are intervals to something
 * that is no dose (a pregnancy, a transplantation).
 */
const intervals = new Map();
for (const file of readdirSync(CDSI).filter((name) => name.startsWith('AntigenSupportingData-'))) {
  for (const series of elements(read(CDSI, file), 'series')) {
    const toDoses = [...elements(series, 'interval'), ...elements(series, 'allowableInterval')].filter(
      (interval) =>
        element(interval, 'fromPrevious') === 'Y' ||
        element(interval, 'fromTargetDose') !== '' ||
        element(interval, 'fromMostRecent') !== '',
    );
    const antigen = element(series, 'targetDisease');
    for (const days of toDoses.map((interval) => daysOf(element(interval, 'absMinInt')))) {
      if (days > 0) intervals.set(antigen, Math.min(days, intervals.get(antigen) ?? Infinity));
    }
  }
}

// --- Tables

const compare = (a, b) => (a < b ? -1 : a > b ? 1 : 0);
const byCode = (a, b) => (a.padStart(3, '0') < b.padStart(3, '0') ? -1 : 1);
const list = (values) => [...(values ?? [])].sort(compare).join(',');

/** Several CVX codes of one product or procedure: one that is in use, the lowest of these. All of them are of the same antigens. */
const oneOf = (codes) => {
  const all = [...codes].sort(byCode);
  return all.find((code) => isActive.get(code)) ?? all[0];
};

const latest = (dates) => {
  const isoDates = dates.map((date) => {
    const [month, day, year] = date.split('/');
    return `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
  });
  return isoDates.sort(compare).at(-1);
};

/** The end of use of a product: the latest of its rows, none if one of them has none. */
const endOf = (rows) =>
  rows.some(({ end }) => end === '')
    ? ''
    : rows
        .map(({ end }) => end)
        .sort()
        .at(-1);

const ndcRows = () => {
  const byNdc = new Map();
  for (const unit of [...unitsOfSale, ...unitsOfUse]) {
    byNdc.set(unit.ndc, [...(byNdc.get(unit.ndc) ?? []), unit]);
  }
  return [...byNdc]
    .sort(([a], [b]) => compare(a, b))
    .map(([ndc, units]) => [ndc, oneOf(new Set(units.map(({ cvx }) => cvx))), endOf(units)]);
};

const cptRows = () => {
  const byCpt = groupBy(
    cptCodes,
    (row) => row['CPT Code'],
    (row) => row['CVX Code'],
  );
  return [...byCpt].sort(([a], [b]) => compare(a, b)).map(([cpt, codes]) => [cpt, oneOf(codes)]);
};

const tables = {
  cvx: {
    constant: 'CVX_TABLE',
    source: `CVX of ${latest(cvxCodes.map(({ updated }) => updated))}, trade names of ${latest(tradeNames.map((row) => row['Last Updated']))}, CDSi ${CDSI_RELEASE}`,
    columns: 'code | status | antigens | vaccine groups | manufacturers (MVX) | name',
    rows: cvxCodes
      .toSorted((a, b) => byCode(a.code, b.code))
      .map(({ code, status, name }) => [
        code,
        status,
        list(antigens.get(code)),
        list(groups.get(code)),
        list(makers.get(code)),
        name,
      ]),
  },
  mvx: {
    constant: 'MVX_TABLE',
    source: `MVX of ${latest(manufacturers.map((row) => row['Last Updated']))}`,
    columns: 'code | status',
    rows: manufacturers.map((row) => [row['MVX_CODE'], row['Status']]).sort(([a], [b]) => compare(a, b)),
  },
  ndc: {
    constant: 'NDC_TABLE',
    source: 'NDC units of sale and of use',
    columns: 'code, 11 digits | CVX | end of marketing, if any',
    rows: ndcRows(),
  },
  cpt: {
    constant: 'CPT_TABLE',
    source: `CPT of ${latest(cptCodes.map((row) => row['LastUpdated']))}`,
    columns: 'code | CVX',
    rows: cptRows(),
  },
  'minimum-interval': {
    constant: 'MINIMUM_INTERVAL_TABLE',
    source: `CDSi ${CDSI_RELEASE}`,
    columns: 'antigen | days',
    rows: [...intervals].sort(([a], [b]) => compare(a, b)).map(([antigen, days]) => [antigen, String(days)]),
  },
};

const textOf = ({ constant, source, columns, rows }) => {
  for (const value of rows.flat()) {
    if (/[|`\\\n]|\$\{/.test(value)) throw new Error(`Cannot be written in a table: ${value}`);
  }
  const lines = rows.map((row) => row.join('|'));
  return [
    '// Made by tools/derive-vaccine-codes.mjs; do not edit.',
    `// Source: CDC, ${source}.`,
    '',
    `/** ${columns} */`,
    `export const ${constant} = \`\n${lines.join('\n')}\n\`;`,
    '',
  ].join('\n');
};

const isCheck = process.argv.includes('--check');
for (const [name, table] of Object.entries(tables)) {
  const file = join(TABLES, `${name}.table.ts`);
  const text = textOf(table);
  if (!isCheck) writeFileSync(file, text);
  else if (readFileSync(file, 'utf8') !== text) {
    console.error(`${file} does not fit its sources; run tools/derive-vaccine-codes.mjs`);
    process.exitCode = 1;
  }
}
