import { STANDARD_DELIMITERS, readDelimiters } from './delimiters.js';
import { DEFAULT_LIMITS } from './parse-message.js';
import { type Hl7Problem, hl7Problem } from './problem.js';
import { Hl7Segment } from './segment.js';

/** Bounds on what one batch may cost. */
export interface BatchLimits {
  /** Default 1,000; of batches in one file, too. */
  readonly maxMessages: number;
  /** UTF-16 units of the whole; default 16,777,216. One message alone is bounded by `ParseLimits` only. */
  readonly maxLength: number;
}

export const DEFAULT_BATCH_LIMITS: BatchLimits = Object.freeze({ maxMessages: 1_000, maxLength: 16_777_216 });

/** The headers that messages came in: the first FHS and the first BHS. None for messages that just follow each other. */
export interface BatchEnvelope {
  readonly file: Hl7Segment | undefined;
  readonly batch: Hl7Segment | undefined;
}

export type Hl7Batch =
  /** One message without an envelope, or what is none at all: to be read as it is. */
  | {
      readonly kind: 'single';
      readonly envelope: undefined;
      readonly messages: readonly [string];
      readonly fault: undefined;
      readonly problems: readonly Hl7Problem[];
    }
  /** Several messages, or one in an envelope. */
  | {
      readonly kind: 'batch';
      readonly envelope: BatchEnvelope;
      /** In the order sent, from MSH to the last segment each. None of a batch with a `fault`. */
      readonly messages: readonly string[];
      /** Why none of it can be processed. */
      readonly fault: Hl7Problem | undefined;
      /** Defects of the envelope, in their order. Those of the messages are found when these are read. */
      readonly problems: readonly Hl7Problem[];
    };

const NONE: readonly never[] = Object.freeze([]);
/** What a header begins with: its name, then its field separator. */
const HEADER_END = /[!-/:-@[-`{-~]/;
/** Lines, and the frames of MLLP: between them stand CR, LF, VT and FS. */
// eslint-disable-next-line no-control-regex
const LINE = /[^\r\n\u000b\u001c]+/g;

/**
 * Splits a text into messages, in one pass. Never throws.
 *
 * Takes files and batches (FHS, BHS … BTS, FTS), batches without a file, messages one after the other, and these in
 * MLLP frames. Whether a message is one is found out when it is read: here it reaches from one MSH to the next header,
 * trailer or end of frame.
 */
export function readBatch(text: string, limits: Partial<BatchLimits> = {}): Hl7Batch {
  if (isSingle(text)) {
    return { kind: 'single', envelope: undefined, messages: [text], fault: undefined, problems: NONE };
  }
  const { maxMessages, maxLength } = { ...DEFAULT_BATCH_LIMITS, ...limits };
  const splitter = new Splitter(text, maxMessages);
  if (text.length > maxLength) {
    splitter.readHeaders();
    return splitter.faulty('The batch is too long; none of it was taken.');
  }
  return splitter.split();
}

/** One MSH, at the start; or at most one and no envelope, which is then the message's own defect. */
function isSingle(text: string): boolean {
  const first = firstWordAt(text);
  if (text.startsWith('FHS', first) || text.startsWith('BHS', first)) return false;
  const header = headerFrom(text, first);
  return header < 0 || headerFrom(text, header + 3) < 0;
}

function firstWordAt(text: string): number {
  let at = 0;
  while (at < text.length && (text.charCodeAt(at) <= 0x20 || text.charCodeAt(at) === 0xfeff)) at += 1;
  return at;
}

/** Where, at or after a place, a line begins with MSH; -1 if none does. */
function headerFrom(text: string, from: number): number {
  for (let at = text.indexOf('MSH', from); at >= 0; at = text.indexOf('MSH', at + 3)) {
    if (HEADER_END.test(text.charAt(at + 3)) && beginsLine(text, at)) return at;
  }
  return -1;
}

function beginsLine(text: string, start: number): boolean {
  let at = start - 1;
  while (at >= 0 && (text[at] === ' ' || text[at] === '\t' || text[at] === '\ufeff')) at -= 1;
  return at < 0 || text[at] === '\r' || text[at] === '\n' || text[at] === '\u000b' || text[at] === '\u001c';
}

/** State of one pass over a text. */
class Splitter {
  private readonly messages: string[] = [];
  private readonly problems: Hl7Problem[] = [];
  private file: Hl7Segment | undefined;
  private batch: Hl7Segment | undefined;
  private message: { readonly start: number; end: number } | undefined;
  private readonly seen = { FHS: 0, BHS: 0, BTS: 0, FTS: 0 };
  /** The open batch's header, and how many messages came since. */
  private open: Hl7Segment | undefined;
  private inBatch = 0;
  private outside = false;
  private junk = false;

  constructor(
    private readonly text: string,
    private readonly maxMessages: number,
  ) {}

  split(): Hl7Batch {
    let before = 0;
    for (const match of this.text.matchAll(LINE)) {
      const sent = match[0];
      if (this.message && this.hasFrameEnd(before, match.index)) this.close();
      before = match.index + sent.length;
      const line = sent.trimStart();
      const start = before - line.length;
      if (line === '' || line === '\ufeff') continue;
      this.take(line, start, before);
      if (this.messages.length > this.maxMessages || this.seen.BHS > this.maxMessages) {
        return this.faulty('The batch has too many messages; none was taken.');
      }
    }
    this.close();
    return this.finish();
  }

  /** The headers at the start, for an answer to what is not split. */
  readHeaders(): void {
    for (const match of this.text.slice(0, 4_096).matchAll(LINE)) {
      const line = match[0].trimStart();
      if (!isEnvelope(line, 'FHS') && !isEnvelope(line, 'BHS')) return;
      this.take(line, match.index, match.index + line.length);
    }
  }

  faulty(message: string): Hl7Batch {
    const fault = hl7Problem('E', 'cannot-process', undefined, message);
    return { kind: 'batch', envelope: this.envelope(), messages: NONE, fault, problems: NONE };
  }

  private take(line: string, start: number, end: number): void {
    if (line.startsWith('MSH') && HEADER_END.test(line.charAt(3))) {
      this.close();
      this.message = { start, end };
      return;
    }
    for (const name of ['FHS', 'BHS', 'BTS', 'FTS'] as const) {
      if (!isEnvelope(line, name)) continue;
      this.close();
      this.takeEnvelope(name, line, start);
      return;
    }
    if (this.message) this.message.end = end;
    else this.junk = true;
  }

  private takeEnvelope(name: 'FHS' | 'BHS' | 'BTS' | 'FTS', line: string, start: number): void {
    this.seen[name] += 1;
    const segment = envelopeSegment(name, this.seen[name], line, start, this.file ?? this.batch);
    if (name === 'FHS') {
      this.file ??= segment;
      if (this.seen.FHS === 2) this.report(segment, 'segment-sequence', 'A file begins within the file.');
    } else if (name === 'BHS') {
      this.batch ??= segment;
      this.reportOpenBatch();
      this.open = segment;
      this.inBatch = 0;
    } else if (name === 'BTS') {
      if (!this.open) this.report(segment, 'segment-sequence', 'The trailer has no header.');
      else this.checkCount(segment, this.inBatch, 'The count of messages is wrong.');
      this.open = undefined;
    } else {
      this.reportOpenBatch();
      this.open = undefined;
      if (!this.file) this.report(segment, 'segment-sequence', 'The trailer has no header.');
      this.checkCount(segment, this.seen.BHS, 'The count of batches is wrong.');
    }
  }

  private checkCount(segment: Hl7Segment, counted: number, message: string): void {
    const sent = segment.value(1).trim();
    if (sent !== '' && sent !== '""' && Number(sent) !== counted)
      this.report(segment, 'illogical-value', message, 1);
  }

  private reportOpenBatch(): void {
    if (this.open)
      this.report(this.open, 'segment-missing', 'The batch has no trailer; its end may be missing.');
  }

  private report(
    { id: segment, sequence }: Hl7Segment,
    kind: 'segment-sequence' | 'segment-missing' | 'illogical-value',
    message: string,
    field?: number,
  ): void {
    this.problems.push(hl7Problem('W', kind, { segment, sequence, field }, message));
  }

  private close(): void {
    if (!this.message) return;
    this.messages.push(this.text.slice(this.message.start, this.message.end));
    this.message = undefined;
    this.inBatch += 1;
    if (!this.open && this.batch) this.outside = true;
  }

  private hasFrameEnd(from: number, to: number): boolean {
    for (let at = from; at < to; at += 1) if (this.text.charCodeAt(at) === 0x1c) return true;
    return false;
  }

  private envelope(): BatchEnvelope {
    return { file: this.file, batch: this.batch };
  }

  private finish(): Hl7Batch {
    if (this.messages.length > this.maxMessages) {
      return this.faulty('The batch has too many messages; none was taken.');
    }
    if (this.messages.length === 0) return this.faulty('The batch has no message.');
    this.reportOpenBatch();
    if (this.file && this.seen.FTS === 0) {
      this.report(this.file, 'segment-missing', 'The file has no trailer; its end may be missing.');
    }
    const { problems } = this;
    const general = (
      severity: 'E' | 'W',
      kind: 'segment-sequence' | 'segment-ignored',
      text: string,
    ): void => {
      problems.push(hl7Problem(severity, kind, undefined, text));
    };
    if (this.outside)
      general('W', 'segment-sequence', 'Messages stand outside of the batches; they were read.');
    if (this.junk)
      general('E', 'segment-ignored', 'Lines stand outside of the messages; they were not read.');
    return { kind: 'batch', envelope: this.envelope(), messages: this.messages, fault: undefined, problems };
  }
}

function isEnvelope(line: string, name: string): boolean {
  return line.startsWith(name) && (line.length === 3 || HEADER_END.test(line.charAt(3)));
}

/** A header declares its delimiters; a trailer uses those of its header. */
function envelopeSegment(
  name: string,
  sequence: number,
  line: string,
  start: number,
  header: Hl7Segment | undefined,
): Hl7Segment {
  const isHeader = name === 'FHS' || name === 'BHS';
  const declaring = isHeader ? line : (header?.raw ?? '');
  const separator = declaring.charAt(3) || STANDARD_DELIMITERS.field;
  const reading = readDelimiters(separator, declaring.slice(4).split(separator, 1)[0]?.trim() ?? '');
  const delimiters =
    reading.kind === 'read' ? reading.delimiters : { ...STANDARD_DELIMITERS, field: separator };
  return new Hl7Segment(name, sequence, line.trimEnd(), start, { ...DEFAULT_LIMITS, delimiters });
}
