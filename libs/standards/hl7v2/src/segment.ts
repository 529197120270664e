import type { Delimiters } from './delimiters.js';
import { unescapeText } from './escape-sequences.js';

/** A range of the message's text: UTF-16 units, `end` exclusive. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** How a segment is to be split. */
export interface Encoding {
  readonly delimiters: Delimiters;
  /** Repetitions of one field that are read; the rest is only counted as "more". */
  readonly maxRepetitions: number;
  /** Components of one repetition that are read, and sub-components of one component; the rest means nothing to anybody. */
  readonly maxComponents: number;
  readonly maxSubcomponents: number;
}

/** Segments that begin with the delimiters themselves: their first field is the separator behind their name. */
const HEADERS: ReadonlySet<string> = new Set(['MSH', 'FHS', 'BHS']);

/** One repetition of a field. Numbers of components and sub-components count from 1, as in HL7. */
export class Hl7Repetition {
  private parts: readonly string[] | undefined;

  constructor(
    readonly raw: string,
    private readonly encoding: Encoding,
  ) {}

  /** Components as sent; not unescaped. At most `maxComponents`. */
  get components(): readonly string[] {
    const { delimiters, maxComponents } = this.encoding;
    return (this.parts ??= split(this.raw, delimiters.component, maxComponents));
  }

  /** The unescaped value; `''` when absent. */
  value(component = 1, subcomponent = 1): string {
    const raw = this.components[component - 1];
    if (raw === undefined || raw === '') return '';
    const { delimiters, maxSubcomponents } = this.encoding;
    if (!raw.includes(delimiters.subcomponent))
      return subcomponent === 1 ? unescapeText(raw, delimiters) : '';
    const parts = split(raw, delimiters.subcomponent, maxSubcomponents);
    return unescapeText(parts[subcomponent - 1] ?? '', delimiters);
  }
}

/** One field; absent fields are empty ones. */
export class Hl7Field {
  private read: readonly Hl7Repetition[] | undefined;

  constructor(
    readonly raw: string,
    private readonly encoding: Encoding,
    /** MSH-1 and MSH-2 (and their like in FHS and BHS) hold the delimiters themselves and are not split by them. */
    private readonly literal: boolean,
  ) {}

  /** At most `maxRepetitions`; at least one, possibly empty. */
  get repetitions(): readonly Hl7Repetition[] {
    return (this.read ??= this.split());
  }

  /** More repetitions were sent than are read. */
  get exceedsRepetitions(): boolean {
    const { delimiters, maxRepetitions } = this.encoding;
    if (this.literal || !this.raw.includes(delimiters.repetition)) return false;
    return split(this.raw, delimiters.repetition, maxRepetitions + 1).length > maxRepetitions;
  }

  private split(): readonly Hl7Repetition[] {
    const { encoding, raw } = this;
    const { delimiters, maxRepetitions } = encoding;
    if (this.literal || !raw.includes(delimiters.repetition)) return [new Hl7Repetition(raw, encoding)];
    return split(raw, delimiters.repetition, maxRepetitions).map((one) => new Hl7Repetition(one, encoding));
  }

  /** The unescaped value of one place; `''` when absent. */
  value(component = 1, subcomponent = 1, repetition = 1): string {
    if (this.raw === '') return '';
    if (this.literal) return component === 1 && subcomponent === 1 && repetition === 1 ? this.raw : '';
    return this.repetitions[repetition - 1]?.value(component, subcomponent) ?? '';
  }
}

/** One segment. Its fields are split when first asked for. */
export class Hl7Segment {
  private parts: readonly string[] | undefined;
  private readonly readFields: (Hl7Field | undefined)[] = [];

  constructor(
    /** Three characters, such as `PID`. */
    readonly id: string,
    /** Counts from 1 among the segments of the same id: what ERR-2 calls the segment sequence. */
    readonly sequence: number,
    /** As sent, without its terminator. */
    readonly raw: string,
    /** Offset of `raw` in the message's text. */
    readonly start: number,
    private readonly encoding: Encoding,
  ) {}

  get delimiters(): Delimiters {
    return this.encoding.delimiters;
  }

  get end(): number {
    return this.start + this.raw.length;
  }

  /** Fields as sent, by HL7 number: index 0 is the segment's id. */
  get fields(): readonly string[] {
    return (this.parts ??= this.splitFields());
  }

  private splitFields(): readonly string[] {
    const parts = split(this.raw, this.encoding.delimiters.field);
    if (HEADERS.has(this.id)) parts.splice(1, 0, this.raw.charAt(3));
    return parts;
  }

  field(number: number): Hl7Field {
    const known = this.readFields[number];
    if (known) return known;
    const literal = (number === 1 || number === 2) && HEADERS.has(this.id);
    const read = new Hl7Field(this.fields[number] ?? '', this.encoding, literal);
    // Callers may ask for any number; only what was sent is worth keeping.
    if (number < this.fields.length) this.readFields[number] = read;
    return read;
  }

  /** The unescaped value of one place; `''` when absent. */
  value(field: number, component = 1, subcomponent = 1, repetition = 1): string {
    const raw = this.fields[field];
    return raw === undefined || raw === ''
      ? ''
      : this.field(field).value(component, subcomponent, repetition);
  }

  /**
   * Where a field, repetition, component or sub-component stands in the message's text; `undefined` when it was not
   * sent. Costs a walk over the segment: for diagnosis, not for reading.
   */
  position(field: number, repetition?: number, component?: number, subcomponent?: number): Span | undefined {
    const { delimiters } = this.encoding;
    const isHeader = HEADERS.has(this.id);
    let span = nth(this.fields, field, this.start);
    // MSH-1 is itself the separator after MSH and before MSH-2, which `nth` counts once more for each.
    if (span && isHeader) span = shift(span, -Math.min(field, 2));
    const literal = isHeader && field <= 2;
    const steps: readonly (readonly [string, number | undefined])[] = [
      [delimiters.repetition, repetition],
      [delimiters.component, component],
      [delimiters.subcomponent, subcomponent],
    ];
    for (const [separator, number] of steps) {
      if (!span || number === undefined) return span;
      const raw = this.raw.slice(span.start - this.start, span.end - this.start);
      span = nth(literal ? [raw] : raw.split(separator), number - 1, span.start);
    }
    return span;
  }
}

/** Like `String.split`, for one character; at most `max` parts. By hand because short texts are split that way twice as fast. */
function split(text: string, separator: string, max = Number.POSITIVE_INFINITY): string[] {
  const code = separator.charCodeAt(0);
  const parts: string[] = [];
  let from = 0;
  for (let at = 0; at < text.length; at += 1) {
    if (text.charCodeAt(at) !== code) continue;
    parts.push(text.slice(from, at));
    if (parts.length === max) return parts;
    from = at + 1;
  }
  parts.push(from === 0 ? text : text.slice(from));
  return parts;
}

function nth(parts: readonly string[], index: number, from: number): Span | undefined {
  const part = parts[index];
  if (part === undefined) return undefined;
  let start = from;
  for (let before = 0; before < index; before += 1) start += (parts[before]?.length ?? 0) + 1;
  return { start, end: start + part.length };
}

function shift(span: Span, by: number): Span {
  return { start: span.start + by, end: span.end + by };
}
