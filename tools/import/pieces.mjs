import { closeSync, openSync, readSync } from 'node:fs';

const BLOCK_BYTES = 1_048_576;

/**
 * Cuts a file into pieces of whole records, from a byte offset on: at most `records` in each. Never holds more than a piece and a block.
 * @returns pieces with the offset at which the next begins
 */
export function* piecesOf(path, { format, from, records }) {
  const file = openSync(path, 'r');
  try {
    const header = format === 'csv' ? firstRecord(file) : undefined;
    let offset = header === undefined ? from : Math.max(from, header.end);
    let rest = Buffer.alloc(0);
    let read = offset;
    const block = Buffer.alloc(BLOCK_BYTES);
    for (let ended = false; !ended || rest.length > 0;) {
      const bytes = ended ? 0 : readSync(file, block, 0, BLOCK_BYTES, read);
      read += bytes;
      ended = bytes === 0;
      rest = Buffer.concat([rest, block.subarray(0, bytes)]);
      for (;;) {
        const { end, count } = cut(rest, format, records, ended);
        if (end === 0) break;
        const body = rest.subarray(0, end);
        rest = rest.subarray(end);
        offset += end;
        yield {
          body: header === undefined ? body : Buffer.concat([header.bytes, body]),
          count,
          next: offset,
        };
      }
      if (ended) break;
    }
  } finally {
    closeSync(file);
  }
}

const firstRecord = (file) => {
  const block = Buffer.alloc(BLOCK_BYTES);
  const bytes = readSync(file, block, 0, BLOCK_BYTES, 0);
  const { end } = cut(block.subarray(0, bytes), 'csv', 1, true);
  return { bytes: Buffer.from(block.subarray(0, end)), end };
};

/** Where the first `records` records end; 0 when there are not as many yet and more may come. */
const cut = (bytes, format, records, ended) => {
  const ends = format === 'hl7' ? messageEnds(bytes, ended) : lineEnds(bytes, format === 'csv');
  let end = 0;
  let count = 0;
  for (const each of ends) {
    end = each;
    count += 1;
    if (count === records) return { end, count };
  }
  if (!ended) return { end: 0, count: 0 };
  return end < bytes.length ? { end: bytes.length, count: count + 1 } : { end, count };
};

const LF = 0x0a;
const CR = 0x0d;
const QUOTE = 0x22;

/** A line ends at LF; in CSV not within quotes, which hold an even number of them before each end. */
function* lineEnds(bytes, quoted) {
  let even = true;
  for (let at = 0; at < bytes.length; at += 1) {
    if (quoted && bytes[at] === QUOTE) even = !even;
    else if (bytes[at] === LF && even) yield at + 1;
  }
}

/** A message ends where the next begins, or the batch does. */
function* messageEnds(bytes, ended) {
  let begun = false;
  for (let at = 0; at + 3 <= bytes.length; at += 1) {
    if (at > 0 && bytes[at - 1] !== CR && bytes[at - 1] !== LF) continue;
    if (bytes[at] !== 0x4d || bytes[at + 1] !== 0x53 || bytes[at + 2] !== 0x48) continue;
    if (begun) yield at;
    begun = true;
  }
  if (ended && begun) yield bytes.length;
}
