import type { CodeTables } from './code-tables.js';
import { codedOf } from './data-types.js';
import type { IsoDate } from './hl7-date.js';
import { type SegmentReader, textOf } from './segment-reader.js';
import type { VaccineCode } from './vxu.js';

/** CVX: the order says something else than a dose. A constant of the guide, whatever the tables have. */
export const NO_VACCINE_ADMINISTERED = '998';

/** Coding systems of RXA-5, with the names that senders use for them. */
const SYSTEMS: ReadonlyMap<string, VaccineCode['system']> = new Map([
  ['CVX', 'CVX'],
  ['HL70292', 'CVX'],
  ['NDC', 'NDC'],
  ['CPT', 'CPT'],
  ['C4', 'CPT'],
  ['CPT4', 'CPT'],
]);

/** Form only: what a code must look like, with or without tables to find it in. */
const FORMS: Readonly<Record<VaccineCode['system'], RegExp>> = {
  CVX: /^\d{1,3}$/,
  // 4-4-2, 5-3-2, 5-4-1 and 5-4-2, or without hyphens.
  NDC: /^(?:\d{4}-\d{4}-\d{2}|\d{5}-\d{3}-\d{2}|\d{5}-\d{4}-\d{1,2}|\d{10,11})$/,
  CPT: /^\d{4}[0-9A-Z]$/,
};

/** CVX codes are numbers of at least two digits, and senders leave zeros out. */
export function sameCvx(one: string, other: string): boolean {
  return Number(one) === Number(other);
}

/**
 * Reads RXA-5: up to two codes, each with its system. Bad and unknown ones are reported and lost; the field is empty
 * when none is left.
 *
 * @param administeredOn the day of the dose, when it could be read
 * @returns empty when there is none, which is then reported, too
 */
export function readVaccineCodes(
  reader: SegmentReader,
  codes: CodeTables | undefined,
  administeredOn: IsoDate | undefined,
): readonly VaccineCode[] {
  const sent = reader.first(5);
  const taken: VaccineCode[] = [];
  let isReported = false;
  for (let component = 1; sent && component <= 4; component += 3) {
    const coded = codedOf(sent.repetition, component);
    if (!coded) continue;
    const place = { repetition: sent.number, component };
    const system = SYSTEMS.get(textOf(sent.repetition, component + 2).toUpperCase());
    if (system === undefined) {
      const inSystem = { ...place, component: component + 2 };
      const text = 'The coding system of the vaccine is not CVX, NDC or CPT.';
      reader.report('E', 'unknown-code', 5, text, inSystem);
      isReported = true;
    } else if (!FORMS[system].test(coded.code)) {
      reader.report('E', 'invalid-value', 5, 'The vaccine code has a wrong form; it was not taken.', place);
      isReported = true;
    } else if (isUnknown(system, coded.code, codes, administeredOn)) {
      reader.report('E', 'unknown-code', 5, 'The vaccine code is not known; it was not taken.', place);
      isReported = true;
    } else {
      taken.push(Object.freeze({ system, code: coded.code, text: coded.text }));
    }
  }
  if (taken.length === 0 && !isReported)
    reader.report('E', 'field-missing', 5, 'The vaccine code is missing.');
  return Object.freeze(taken);
}

function isUnknown(
  system: VaccineCode['system'],
  code: string,
  codes: CodeTables | undefined,
  administeredOn: IsoDate | undefined,
): boolean {
  if (!codes || (system === 'CVX' && code === NO_VACCINE_ADMINISTERED)) return false;
  return codes.vaccine(system, code, administeredOn) === 'unknown';
}
