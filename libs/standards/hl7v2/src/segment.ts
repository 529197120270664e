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
}

/** One repetition of a field. Numbers of components and sub-components count from 1, as in HL7. */
export class Hl7Repetition {
  private parts: readonly string[] | undefined;

  constructor(
    readonly raw: string,
    private readonly delimiters: Delimiters,
  ) {}

  /** Components as sent; not unescaped. */
  get components(): readonly string[] {
    return (this.parts ??= this.raw.split(this.delimiters.component));
  }

  /** The unescaped value; `''` when absent. */
  value(component = 1, subcomponent = 1): string {
    const raw = this.components[component - 1];
    if (raw === undefined || raw === '') return '';
    const { subcomponent: separator } = this.delimiters;
    if (!raw.includes(separator)) return subcomponent === 1 ? unescapeText(raw, this.delimiters) : '';
    return unescapeText(raw.split(separator)[subcomponent - 1] ?? '', this.delimiters);
  }
}

/** One field; absent fields are empty ones. */
export class Hl7Field {
  private read: readonly Hl7Repetition[] | undefined;

  constructor(
    readonly raw: string,
    private readonly encoding: Encoding,
    /** MSH-1 and MSH-2 hold the delimiters themselves and are not split by them. */
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
    return this.raw.split(delimiters.repetition, maxRepetitions + 1).length > maxRepetitions;
  }

  private split(): readonly Hl7Repetition[] {
    const { delimiters, maxRepetitions } = this.encoding;
    if (this.literal || !this.raw.includes(delimiters.repetition))
      return [new Hl7Repetition(this.raw, delimiters)];
    return this.raw
      .split(delimiters.repetition, maxRepetitions)
      .map((raw) => new Hl7Repetition(raw, delimiters));
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

  get end(): number {
    return this.start + this.raw.length;
  }

  /** Fields as sent, by HL7 number: index 0 is the segment's id. */
  get fields(): readonly string[] {
    return (this.parts ??= this.splitFields());
  }

  private splitFields(): readonly string[] {
    const parts = this.raw.split(this.encoding.delimiters.field);
    // MSH-1 is the separator itself.
    if (this.id === 'MSH') parts.splice(1, 0, this.raw.charAt(3));
    return parts;
  }

  field(number: number): Hl7Field {
    const known = this.readFields[number];
    if (known) return known;
    const literal = this.id === 'MSH' && (number === 1 || number === 2);
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
    const isHeader = this.id === 'MSH';
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
