import { type IsoDate, readHl7Date } from './hl7-date.js';
import { type Hl7Problem, type ProblemKind, hl7Problem } from './problem.js';
import type { Hl7Repetition, Hl7Segment } from './segment.js';
import { YES_OR_NO } from './tables/person-tables.js';

/** A repetition that holds something, and its number. */
export interface SentRepetition {
  readonly number: number;
  readonly repetition: Hl7Repetition;
}

/** Plausible dates. */
export interface DateBounds {
  /** The day of receipt. */
  readonly notAfter?: IsoDate | undefined;
  /** The birth date. */
  readonly notBefore?: IsoDate | undefined;
  /** The death date. */
  readonly notAfterDeath?: IsoDate | undefined;
}

/** Codes, or what tells whether a code is one. */
export interface CodeTable {
  has(code: string): boolean;
}

/** How far a problem can be placed below its field. */
export interface Place {
  readonly repetition?: number;
  readonly component?: number;
  readonly subcomponent?: number;
}

/** An explicit null (`""`) asks to delete; a submission is read as a fact of its own, so it says nothing here. */
const NULL_VALUE = '""';
const NO_REPETITIONS: readonly SentRepetition[] = Object.freeze([]);

/** The value of a place without surrounding white space; `''` when absent or null. */
export function textOf(repetition: Hl7Repetition, component = 1, subcomponent = 1): string {
  const value = repetition.value(component, subcomponent).trim();
  return value === NULL_VALUE ? '' : value;
}

/** Like {@link textOf}, for optional properties. */
export function optionalText(repetition: Hl7Repetition, component = 1, subcomponent = 1): string | undefined {
  return textOf(repetition, component, subcomponent) || undefined;
}

/** Reads one segment and places its problems. */
export class SegmentReader {
  constructor(
    readonly segment: Hl7Segment,
    readonly problems: Hl7Problem[],
  ) {}

  /** The value of a field's first repetition, without surrounding white space; `''` when absent or null. */
  text(field: number, component = 1, subcomponent = 1): string {
    const value = this.segment.value(field, component, subcomponent).trim();
    return value === NULL_VALUE ? '' : value;
  }

  /** The repetitions that are not blank. More of them than the limit is a problem of the field. */
  repetitions(field: number): readonly SentRepetition[] {
    const raw = this.segment.fields[field];
    if (raw === undefined || raw === '' || raw === NULL_VALUE) return NO_REPETITIONS;
    const read = this.segment.field(field);
    if (read.exceedsRepetitions) {
      this.report(
        'E',
        'data-ignored',
        field,
        'The field repeats too often; the last repetitions were not read.',
      );
    }
    const sent: SentRepetition[] = [];
    let number = 0;
    for (const repetition of read.repetitions) {
      number += 1;
      if (hasContent(repetition)) sent.push({ number, repetition });
    }
    return sent;
  }

  /** The first repetition that is not blank. */
  first(field: number): SentRepetition | undefined {
    return this.repetitions(field)[0];
  }

  report(
    severity: Hl7Problem['severity'],
    kind: ProblemKind,
    field: number | undefined,
    message: string,
    place: Place = {},
  ): void {
    const { id: segment, sequence } = this.segment;
    this.problems.push(hl7Problem(severity, kind, { segment, sequence, field, ...place }, message));
  }

  /**
   * A whole date within bounds. A bad one is reported and empties its field.
   *
   * @param name of the date in messages to the sender, such as `birth date`
   */
  date(field: number, name: string, bounds: DateBounds = {}): IsoDate | undefined {
    const sent = this.text(field);
    return sent === '' ? undefined : this.dateOf(sent, field, name, bounds);
  }

  /** Like {@link date}, for a value already read. */
  dateOf(sent: string, field: number, name: string, bounds: DateBounds = {}): IsoDate | undefined {
    const reading = readHl7Date(sent);
    if (reading.kind === 'partial') {
      this.report('E', 'invalid-date', field, `The ${name} lacks its day; it was not taken.`);
      return undefined;
    }
    if (reading.kind === 'invalid') {
      this.report('E', 'invalid-date', field, `The ${name} is not a date; it was not taken.`);
      return undefined;
    }
    const { date } = reading;
    if (bounds.notAfter !== undefined && date > bounds.notAfter) {
      this.report('E', 'illogical-date', field, `The ${name} is in the future; it was not taken.`);
      return undefined;
    }
    if (bounds.notBefore !== undefined && date < bounds.notBefore) {
      this.report('E', 'illogical-date', field, `The ${name} is before the birth date; it was not taken.`);
      return undefined;
    }
    if (bounds.notAfterDeath !== undefined && date > bounds.notAfterDeath) {
      this.report('E', 'illogical-date', field, `The ${name} is after the death date; it was not taken.`);
      return undefined;
    }
    return date;
  }

  /** A code of a closed table. Another one is reported and empties its field. */
  code(field: number, table: CodeTable, name: string): string | undefined {
    const sent = this.text(field);
    if (sent === '' || table.has(sent)) return sent || undefined;
    this.report('E', 'unknown-code', field, `The ${name} is not in its table; it was not taken.`);
    return undefined;
  }

  /** A value that must have a form. A bad one is reported and empties its field. */
  formed(field: number, form: RegExp, name: string): string | undefined {
    const sent = this.text(field);
    if (sent === '' || form.test(sent)) return sent || undefined;
    this.report('E', 'invalid-value', field, `The ${name} has a wrong form; it was not taken.`);
    return undefined;
  }

  /** `Y` or `N`. */
  yesOrNo(field: number, name: string): boolean | undefined {
    const sent = this.code(field, YES_OR_NO, name);
    return sent === undefined ? undefined : sent === 'Y';
  }
}

function hasContent(repetition: Hl7Repetition): boolean {
  const { components } = repetition;
  for (let index = 0; index < components.length; index += 1) {
    const component = components[index];
    if (component !== '' && component !== undefined && component !== NULL_VALUE && component.trim() !== '')
      return true;
  }
  return false;
}
