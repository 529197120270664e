import { reportCharacterSetSwitches } from './character-set-switches.js';
import { type Delimiters, STANDARD_DELIMITERS, readDelimiters } from './delimiters.js';
import { type Hl7Problem, hl7Problem } from './problem.js';
import { type Encoding, Hl7Segment } from './segment.js';

/** Bounds on what one message may cost. */
export interface ParseLimits {
  /** UTF-16 units of the whole message; default 1,048,576. Bound the bytes before decoding them. */
  readonly maxLength: number;
  /** Default 2,000. */
  readonly maxSegments: number;
  /** Repetitions read of one field; default 50. More is a problem of that field, not of the message. */
  readonly maxRepetitions: number;
  /** Components read of one repetition; default 100. No data type of HL7 has as many, so nothing is lost. */
  readonly maxComponents: number;
  /** Sub-components read of one component; default 20. */
  readonly maxSubcomponents: number;
}

export const DEFAULT_LIMITS: ParseLimits = Object.freeze({
  maxLength: 1_048_576,
  maxSegments: 2_000,
  maxRepetitions: 50,
  maxComponents: 100,
  maxSubcomponents: 20,
});

/** A message split into segments. */
export interface Hl7Message {
  readonly text: string;
  readonly delimiters: Delimiters;
  /** In the order sent; MSH first. Of a message with a `fault`, at most MSH. */
  readonly segments: readonly Hl7Segment[];
  /** MSH, when there is one to read: an answer needs it even when the rest is unusable. */
  readonly header: Hl7Segment | undefined;
  /** Why the message cannot be processed at all. */
  readonly fault: Hl7Problem | undefined;
  /** Defects of the encoding that could be read past. */
  readonly problems: readonly Hl7Problem[];
}

/** The part of an unusable message that is searched for MSH. */
const HEADER_WINDOW = 4_096;
const SEGMENT_ID = /^[A-Z][A-Z0-9]{2}$/;
const MSH_2 = { segment: 'MSH', sequence: 1, field: 2 } as const;

/**
 * Splits a message into segments, in one pass; fields are split when read. Never throws.
 *
 * Takes CR, LF and CRLF as terminators, whatever mixture; a byte order mark, MLLP framing and white space around the
 * message; and doubled encoding characters (with a warning). Lines that are no segments are reported and skipped.
 *
 * @param text the decoded message
 * @param limits see {@link ParseLimits}
 * @param decoding problems of `decodeMessage`: they come first among the problems of the message
 */
export function parseMessage(
  text: string,
  limits: Partial<ParseLimits> = DEFAULT_LIMITS,
  decoding: readonly Hl7Problem[] = [],
): Hl7Message {
  const message = parseText(
    text,
    limits === DEFAULT_LIMITS ? DEFAULT_LIMITS : { ...DEFAULT_LIMITS, ...limits },
  );
  return decoding.length === 0 ? message : { ...message, problems: [...decoding, ...message.problems] };
}

function parseText(text: string, limits: ParseLimits): Hl7Message {
  const { maxLength, maxSegments, maxRepetitions, maxComponents, maxSubcomponents } = limits;
  const start = startOf(text);
  if (!text.startsWith('MSH', start) || text.length < start + 4) {
    return faulty(text, undefined, 'segment-sequence', 'The message does not begin with an MSH segment.');
  }
  const fieldSeparator = text.charAt(start + 3);
  const headerEnd = lineEnd(text, start, Math.min(text.length, start + HEADER_WINDOW));
  const headerText = text.slice(start, headerEnd);
  const encodingEnd = headerText.indexOf(fieldSeparator, 4);
  const reading = readDelimiters(
    fieldSeparator,
    headerText.slice(4, encodingEnd < 0 ? undefined : encodingEnd).trimEnd(),
  );
  const delimiters =
    reading.kind === 'read' ? reading.delimiters : { ...STANDARD_DELIMITERS, field: fieldSeparator };
  const encoding: Encoding = { delimiters, maxRepetitions, maxComponents, maxSubcomponents };
  const header = new Hl7Segment('MSH', 1, headerText, start, encoding);
  if (reading.kind === 'unusable') {
    return faulty(text, header, 'invalid-value', 'The encoding characters cannot be used.', MSH_2);
  }
  if (text.length > maxLength) return faulty(text, header, 'cannot-process', 'The message is too long.');

  const problems: Hl7Problem[] = [];
  if (reading.repaired) {
    problems.push(
      hl7Problem(
        'W',
        'invalid-value',
        MSH_2,
        'An encoding character is doubled; the message was read as if it were not.',
      ),
    );
  } else if (reading.unusual) {
    problems.push(
      hl7Problem(
        'W',
        'invalid-value',
        MSH_2,
        'The encoding characters are not the ones of the guide; they were used as sent.',
      ),
    );
  }
  const segments = splitSegments(text, start, encoding, maxSegments, problems);
  if (segments === undefined)
    return faulty(text, header, 'cannot-process', 'The message has too many segments.');
  reportCharacterSetSwitches(text, segments, delimiters, problems);
  return { text, delimiters, segments, header: segments[0], fault: undefined, problems };
}

/** `undefined`: more segments than allowed. */
function splitSegments(
  text: string,
  start: number,
  encoding: Encoding,
  maxSegments: number,
  problems: Hl7Problem[],
): readonly Hl7Segment[] | undefined {
  const segments: Hl7Segment[] = [];
  const seen = new Map<string, number>();
  const finish = finishOf(text, start);
  let line = 0;
  let nextCr = -1;
  let nextLf = -1;
  for (let at = start; at < finish;) {
    // Each terminator is searched for again only when passed, so the whole search is linear.
    if (nextCr < at) nextCr = indexOrFinish(text, '\r', at, finish);
    if (nextLf < at) nextLf = indexOrFinish(text, '\n', at, finish);
    const end = Math.min(nextCr, nextLf);
    let first = at;
    while (first < end && (text.charCodeAt(first) === 0x20 || text.charCodeAt(first) === 0x09)) first += 1;
    at = end + 1;
    if (first === end) continue;
    line += 1;
    if (line > maxSegments) return undefined;
    const id = text.slice(first, first + 3);
    const bare = end - first === 3;
    if (!SEGMENT_ID.test(id) || (!bare && text.charAt(first + 3) !== encoding.delimiters.field)) {
      problems.push(
        hl7Problem('E', 'segment-ignored', undefined, `Line ${line} is not a segment; it was not read.`),
      );
      continue;
    }
    const sequence = (seen.get(id) ?? 0) + 1;
    seen.set(id, sequence);
    segments.push(new Hl7Segment(id, sequence, text.slice(first, end), first, encoding));
  }
  return segments;
}

function faulty(
  text: string,
  header: Hl7Segment | undefined,
  kind: 'segment-sequence' | 'invalid-value' | 'cannot-process',
  message: string,
  location?: typeof MSH_2,
): Hl7Message {
  return {
    text,
    delimiters: STANDARD_DELIMITERS,
    segments: header ? [header] : [],
    header,
    fault: hl7Problem('E', kind, location, message),
    problems: [],
  };
}

/** Skips white space, a byte order mark and the start-block character of MLLP. */
function startOf(text: string): number {
  let start = 0;
  while (start < text.length && (isBlank(text.charCodeAt(start)) || text.charCodeAt(start) === 0xfeff))
    start += 1;
  return start;
}

/** Leaves out white space, NULs and the end-block character of MLLP at the end. */
function finishOf(text: string, start: number): number {
  let finish = text.length;
  while (finish > start && isBlank(text.charCodeAt(finish - 1))) finish -= 1;
  return finish;
}

function isBlank(code: number): boolean {
  return code <= 0x20 && (code <= 0x0d || code === 0x1c || code === 0x20);
}

function lineEnd(text: string, start: number, finish: number): number {
  for (let at = start; at < finish; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 0x0d || code === 0x0a) return at;
  }
  return finish;
}

function indexOrFinish(text: string, character: string, from: number, finish: number): number {
  const index = text.indexOf(character, from);
  return index < 0 || index > finish ? finish : index;
}
