import { codedField, codesOf } from './data-types.js';
import type { Hl7Problem } from './problem.js';
import { type DateBounds, SegmentReader } from './segment-reader.js';
import type { Hl7Segment } from './segment.js';
import type { ObservationValue, VxuObservation } from './vxu.js';

const NUMBER = /^[+-]?\d{1,15}(?:\.\d{0,15})?$/;

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
): VxuObservation | undefined {
  const reader = new SegmentReader(segment, problems);
  const code = codedField(reader, 3, 'observation code', 'required');
  const value = readValue(reader);
  const unit = codedField(reader, 6, 'unit of the observation');
  const observedOn = reader.date(14, 'date of the observation', bounds);
  if (!code || !value) return undefined;
  return Object.freeze({ code, subId: reader.text(4) || undefined, value, unit, observedOn });
}

/** OBX-2 says what OBX-5 is. Without it, or with a type that is not one of the guide's, the value is text. */
function readValue(reader: SegmentReader): ObservationValue | undefined {
  const sent = reader.first(5);
  if (!sent) {
    reader.report('E', 'field-missing', 5, 'The observation has no value; it was not taken.');
    return undefined;
  }
  switch (reader.text(2)) {
    case 'CE':
    case 'CWE':
    case 'CNE': {
      const codes = codesOf(sent.repetition);
      if (codes.length > 0) return Object.freeze({ kind: 'coded', codes });
      reader.report('E', 'field-missing', 5, 'The value has no code; the observation was not taken.');
      return undefined;
    }
    case 'DT':
    case 'TS':
    case 'DTM': {
      const date = reader.dateOf(reader.text(5), 5, 'value of the observation');
      return date === undefined ? undefined : Object.freeze({ kind: 'date', date });
    }
    case 'NM': {
      const number = reader.formed(5, NUMBER, 'value of the observation');
      return number === undefined ? undefined : Object.freeze({ kind: 'number', number: Number(number) });
    }
    default: {
      const text = reader.text(5);
      if (text !== '') return Object.freeze({ kind: 'text', text });
      reader.report('E', 'field-missing', 5, 'The observation has no value; it was not taken.');
      return undefined;
    }
  }
}
