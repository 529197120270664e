import type { CodeTables } from './code-tables.js';
import { codedField, codesOf } from './data-types.js';
import type { Hl7Problem } from './problem.js';
import { type DateBounds, SegmentReader, type SentRepetition } from './segment-reader.js';
import type { Hl7Segment } from './segment.js';
import { LOINC, VALUE_KINDS, VALUE_TABLES } from './tables/observation-tables.js';
import type { Coded, ObservationValue, VxuObservation } from './vxu.js';

const NUMBER = /^[+-]?\d{1,15}(?:\.\d{0,15})?$/;
const REQUIRED = { required: true };
/** OBX-11: the sender takes the observation back, or could not make it. */
const WITHDRAWN: ReadonlySet<string> = new Set(['D', 'W', 'X']);

/**
 * Reads OBX. Required: OBX-3 and OBX-5; `undefined` when one is missing or bad: the observation is lost, its order
 * is not.
 *
 * @param bounds of OBX-14. The value of an observation is free: a vaccine information statement may be older than
 * the child.
 */
export function readObservation(
  segment: Hl7Segment,
  problems: Hl7Problem[],
  bounds: DateBounds,
  codes: CodeTables | undefined,
): VxuObservation | undefined {
  const reader = new SegmentReader(segment, problems);
  const code = codedField(reader, 3, 'observation code', REQUIRED);
  const value = readValue(reader, knownCode(code));
  const unit = codedField(reader, 6, 'unit of the observation');
  const isTaken = readStatus(reader);
  const observedOn = reader.date(14, 'date of the observation', bounds);
  if (!code || !value || !isTaken || !isOfItsTable(reader, knownCode(code), value, codes)) return undefined;
  return Object.freeze({ code, subId: reader.text(4) || undefined, value, unit, observedOn });
}

/** LOINC, by name or because nothing else is said; `''` for what other systems call the same. */
function knownCode(code: Coded | undefined): string {
  return code && (code.system === undefined || code.system === 'LN') ? code.code : '';
}

function readStatus(reader: SegmentReader): boolean {
  const sent = reader.text(11);
  if (sent === '' || sent === 'F') return true;
  if (WITHDRAWN.has(sent)) {
    reader.report('E', 'illogical-value', 11, 'The observation is not a final one; it was not taken.');
    return false;
  }
  reader.report(
    'W',
    'invalid-value',
    11,
    'The status of the observation is not F; it was read as if it were.',
  );
  return true;
}

/** What the types of OBX-2 are here. */
const KINDS: ReadonlyMap<string, ObservationValue['kind']> = new Map<string, ObservationValue['kind']>([
  ['CE', 'coded'],
  ['CWE', 'coded'],
  ['CNE', 'coded'],
  ['DT', 'date'],
  ['TS', 'date'],
  ['DTM', 'date'],
  ['NM', 'number'],
]);

/** OBX-2 says what OBX-5 is. Without it the observation's code does; if neither does, the value is text. */
function readValue(reader: SegmentReader, code: string): ObservationValue | undefined {
  const sent = reader.first(5);
  if (!sent) {
    reader.report('E', 'field-missing', 5, 'The observation has no value; it was not taken.');
    return undefined;
  }
  const type = reader.text(2);
  const expected = VALUE_KINDS.get(code);
  const declared = KINDS.get(type) ?? 'text';
  if (type !== '' && expected !== undefined && declared !== expected) {
    const text = 'The value is not of the type that the observation has; it was not taken.';
    reader.report('E', 'invalid-value', 5, text);
    return undefined;
  }
  return valueOf(reader, sent, expected ?? declared);
}

function valueOf(
  reader: SegmentReader,
  sent: SentRepetition,
  kind: ObservationValue['kind'],
): ObservationValue | undefined {
  switch (kind) {
    case 'coded': {
      const codes = codesOf(sent.repetition);
      if (codes.length > 0) return Object.freeze({ kind, codes });
      reader.report('E', 'field-missing', 5, 'The value has no code; the observation was not taken.');
      return undefined;
    }
    case 'date': {
      const date = reader.dateOf(reader.text(5), 5, 'value of the observation');
      return date === undefined ? undefined : Object.freeze({ kind, date });
    }
    case 'number': {
      const number = reader.formed(5, NUMBER, 'value of the observation');
      return number === undefined ? undefined : Object.freeze({ kind, number: Number(number) });
    }
    case 'text': {
      const text = reader.text(5);
      if (text !== '') return Object.freeze({ kind, text });
      reader.report('E', 'field-missing', 5, 'The observation has no value; it was not taken.');
      return undefined;
    }
  }
}

/** Observations on what the person has or had: their values are never of the table of funding. */
const INDICATIONS: ReadonlySet<string> = new Set([
  LOINC.contraindication,
  LOINC.reaction,
  LOINC.presumedImmunity,
]);

/** False when the value is of no table that the observation could be from. A state's own code is kept, with a warning. */
function isOfItsTable(
  reader: SegmentReader,
  code: string,
  value: ObservationValue,
  codes: CodeTables | undefined,
): boolean {
  if (value.kind !== 'coded') return true;
  const table = VALUE_TABLES.get(code);
  const unknown = (): false => {
    const text = 'The value is not in the table of the observation; it was not taken.';
    reader.report('E', 'unknown-code', 5, text, { repetition: 1, component: 1 });
    return false;
  };
  if (table && !value.codes.some((one) => table.codes.has(one.code))) {
    if (!value.codes.some((one) => table.localForm.test(one.code))) return unknown();
    const text = "The value is not in the guide's table; it was kept as sent.";
    reader.report('W', 'unknown-code', 5, text, { repetition: 1, component: 1 });
  }
  if (INDICATIONS.has(code) && value.codes.every(({ system }) => system === 'HL70064')) return unknown();
  if (code === LOINC.vaccineType && codes) {
    return value.codes.some((one) => codes.vaccine('CVX', one.code) !== 'unknown') || unknown();
  }
  return true;
}
