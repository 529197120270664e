import { StringDecoder } from 'node:string_decoder';
import type { Readable } from 'node:stream';
import { parse as csvParser } from 'csv-parse';

/** A row as sent, or why it is none. Rows count from 1, a CSV's header not among them. */
export type SentRow =
  | { readonly row: number; readonly value: unknown }
  | { readonly row: number; readonly problem: 'not-json' | 'not-csv' | 'too-long' };

export const NDJSON_MEDIA_TYPES = ['application/x-ndjson', 'application/ndjson'] as const;
export const CSV_MEDIA_TYPE = 'text/csv';

/** Longest row: a person and what is said of it, with room. */
const MAX_ROW_CHARACTERS = 65_536;

/** The rows of a body of JSON, which is one object or a list of them. */
export async function* rowsOfJson(body: unknown): AsyncIterable<SentRow> {
  const values: readonly unknown[] = Array.isArray(body) ? body : [body];
  for (const [index, value] of values.entries()) yield { row: index + 1, value };
}

/** One JSON text a line; empty lines are no rows. A line that is no JSON spoils only itself. */
export async function* rowsOfNdjson(body: Readable): AsyncIterable<SentRow> {
  let row = 0;
  for await (const line of linesOf(body)) {
    if (line !== undefined && line.trim() === '') continue;
    row += 1;
    yield line === undefined ? { row, problem: 'too-long' } : jsonRow(row, line);
  }
}

const jsonRow = (row: number, line: string): SentRow => {
  try {
    return { row, value: JSON.parse(line) as unknown };
  } catch {
    return { row, problem: 'not-json' };
  }
};

/** Lines of a stream; undefined for one that is too long, of which no more than the limit is held. */
async function* linesOf(body: Readable): AsyncIterable<string | undefined> {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  let skipping = false;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    const lines = (rest + decoder.write(chunk)).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      if (skipping || line.length > MAX_ROW_CHARACTERS) yield undefined;
      else yield line;
      skipping = false;
    }
    if (rest.length > MAX_ROW_CHARACTERS) {
      skipping = true;
      rest = '';
    }
  }
  rest += decoder.end();
  if (skipping) yield undefined;
  else if (rest !== '') yield rest;
}

/**
 * CSV by RFC 4180 with a header of property names. All values are text; empty ones say nothing. A row of another length than the
 * header spoils only itself; after a quote that is not closed nothing can be read.
 */
export async function* rowsOfCsv(body: Readable): AsyncIterable<SentRow> {
  /** Of each row that was skipped, how many were read before it. */
  const skippedAfter: number[] = [];
  let passed = 0;
  const parser = csvParser({
    bom: true,
    columns: (header: string[]) => header.map((name) => name.trim()),
    skip_empty_lines: true,
    trim: true,
    info: true,
    max_record_size: MAX_ROW_CHARACTERS,
    skip_records_with_error: true,
    on_skip: (error) => {
      skippedAfter.push(error !== undefined && 'records' in error ? Number(error.records) : 0);
      return undefined;
    },
  });
  // What breaks the body breaks the reading of it.
  body.on('error', (error) => parser.destroy(error));
  body.pipe(parser);
  const spoilt = (): SentRow => {
    const row = (skippedAfter[passed] ?? 0) + passed + 1;
    passed += 1;
    return { row, problem: 'not-csv' };
  };
  for await (const { record, info } of parser as AsyncIterable<CsvRecord>) {
    while ((skippedAfter[passed] ?? Infinity) < info.records) yield spoilt();
    yield { row: info.records + passed, value: withoutEmpty(record) };
  }
  while (passed < skippedAfter.length) yield spoilt();
}

interface CsvRecord {
  readonly record: Readonly<Record<string, string>>;
  /** `records`: how many were read, this one included. */
  readonly info: { readonly records: number };
}

const withoutEmpty = (record: CsvRecord['record']): Record<string, string> =>
  Object.fromEntries(Object.entries(record).filter(([name, value]) => name !== '' && value !== ''));
