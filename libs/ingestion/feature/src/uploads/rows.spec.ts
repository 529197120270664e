import { Readable } from 'node:stream';
import fc from 'fast-check';
import { rowsOfCsv, rowsOfJson, rowsOfNdjson, type SentRow } from './rows.js';

const all = async (rows: AsyncIterable<SentRow>): Promise<SentRow[]> => {
  const found: SentRow[] = [];
  for await (const row of rows) found.push(row);
  return found;
};

/** The bytes of a text in pieces of a length, which split characters and lines anywhere. */
const inPieces = (text: string, length: number): Readable => {
  const bytes = Buffer.from(text);
  const pieces: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += length) pieces.push(bytes.subarray(at, at + length));
  return Readable.from(pieces);
};

describe('Rows of JSON', () => {
  it('are the items of a list, or the one object', async () => {
    expect(await all(rowsOfJson([{ a: 1 }, 2]))).toEqual([
      { row: 1, value: { a: 1 } },
      { row: 2, value: 2 },
    ]);
    expect(await all(rowsOfJson({ a: 1 }))).toEqual([{ row: 1, value: { a: 1 } }]);
  });
});

describe('Rows of NDJSON', () => {
  it('are lines, however the bytes come', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.dictionary(fc.string(), fc.string())),
        fc.integer({ min: 1, max: 7 }),
        fc.constantFrom('\n', '\r\n', '\n\n'),
        async (values, length, end) => {
          const text = values.map((value) => JSON.stringify(value) + end).join('');
          expect(await all(rowsOfNdjson(inPieces(text, length)))).toEqual(
            values.map((value, index) => ({ row: index + 1, value })),
          );
        },
      ),
      { numRuns: 50 },
    );
  });

  it('are spoilt one by one', async () => {
    expect(await all(rowsOfNdjson(inPieces('{"a":1}\n{"a"\n{"a":3}', 3)))).toEqual([
      { row: 1, value: { a: 1 } },
      { row: 2, problem: 'not-json' },
      { row: 3, value: { a: 3 } },
    ]);
  });

  it('do not fill the memory with a line that has no end', async () => {
    const long = `{"a":"${'x'.repeat(200_000)}"}`;
    expect(await all(rowsOfNdjson(inPieces(`${long}\n{"a":2}\n${long}`, 1_000)))).toEqual([
      { row: 1, problem: 'too-long' },
      { row: 2, value: { a: 2 } },
      { row: 3, problem: 'too-long' },
    ]);
  });
});

describe('Rows of CSV', () => {
  it('are named by the header; what is empty is not there', async () => {
    const text = '\ufeffa, b ,c\r\n1,"2, ""two""",\r\n\r\n"lines\nof text",,ü\r\n';
    expect(await all(rowsOfCsv(inPieces(text, 5)))).toEqual([
      { row: 1, value: { a: '1', b: '2, "two"' } },
      { row: 2, value: { a: 'lines\nof text', c: 'ü' } },
    ]);
  });

  it('are spoilt one by one by a wrong number of values', async () => {
    expect(await all(rowsOfCsv(inPieces('a,b\n1,2\n3\n4,5,6\n7,8\n9\n', 100)))).toEqual([
      { row: 1, value: { a: '1', b: '2' } },
      { row: 2, problem: 'not-csv' },
      { row: 3, problem: 'not-csv' },
      { row: 4, value: { a: '7', b: '8' } },
      { row: 5, problem: 'not-csv' },
    ]);
  });

  it('end where a quote is not closed', async () => {
    expect(await all(rowsOfCsv(inPieces('a,b\n1,2\n3,"4\n5,6\n', 100)))).toEqual([
      { row: 1, value: { a: '1', b: '2' } },
      { row: 2, problem: 'not-csv' },
    ]);
  });

  it('pass on what breaks the connection', async () => {
    const broken = new Readable({ read: () => undefined });
    broken.push('a,b\n1,2\n');
    const reading = all(rowsOfCsv(broken));
    broken.destroy(new Error('The connection is gone'));
    await expect(reading).rejects.toThrow();
  });
});
