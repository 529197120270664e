import { codedOf } from './data-types.js';
import { type SegmentReader, textOf } from './segment-reader.js';
import type { VaccineCode } from './vxu.js';

/** Coding systems of RXA-5, with the names that senders use for them. */
const SYSTEMS: ReadonlyMap<string, VaccineCode['system']> = new Map([
  ['CVX', 'CVX'],
  ['HL70292', 'CVX'],
  ['NDC', 'NDC'],
  ['CPT', 'CPT'],
  ['C4', 'CPT'],
  ['CPT4', 'CPT'],
]);

/** Form only; whether a table has the code is decided with the code tables. */
const FORMS: Readonly<Record<VaccineCode['system'], RegExp>> = {
  CVX: /^\d{1,3}$/,
  // 4-4-2, 5-3-2, 5-4-1 and 5-4-2, or without hyphens.
  NDC: /^(?:\d{4}-\d{4}-\d{2}|\d{5}-\d{3}-\d{2}|\d{5}-\d{4}-\d{1,2}|\d{10,11})$/,
  CPT: /^\d{4}[0-9A-Z]$/,
};

/**
 * Reads RXA-5: up to two codes, each with its system. Bad ones are reported and lost.
 *
 * @returns empty when there is none, which is then reported, too
 */
export function readVaccineCodes(reader: SegmentReader): readonly VaccineCode[] {
  const sent = reader.first(5);
  const codes: VaccineCode[] = [];
  let isReported = false;
  for (const first of sent ? [1, 4] : []) {
    const coded = sent && codedOf(sent.repetition, first);
    if (!sent || !coded) continue;
    const place = { repetition: sent.number, component: first };
    const system = SYSTEMS.get(textOf(sent.repetition, first + 2).toUpperCase());
    if (system === undefined) {
      const inSystem = { ...place, component: first + 2 };
      reader.report(
        'E',
        'unknown-code',
        5,
        'The coding system of the vaccine is not CVX, NDC or CPT.',
        inSystem,
      );
      isReported = true;
    } else if (!FORMS[system].test(coded.code)) {
      reader.report('E', 'invalid-value', 5, 'The vaccine code has a wrong form; it was not taken.', place);
      isReported = true;
    } else {
      codes.push(Object.freeze({ system, code: coded.code, text: coded.text }));
    }
  }
  if (codes.length === 0 && !isReported)
    reader.report('E', 'field-missing', 5, 'The vaccine code is missing.');
  return Object.freeze(codes);
}
