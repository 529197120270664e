import type { CodeTables } from './code-tables.js';
import type { Administration } from './read-administration.js';
import { sameCvx } from './read-vaccine-codes.js';
import type { SegmentReader } from './segment-reader.js';
import type { Hl7Segment } from './segment.js';
import { LOINC } from './tables/observation-tables.js';
import { ADMINISTERED_HERE } from './tables/vaccination-tables.js';
import type { VaccineCode } from './vxu.js';

/*
 * What fields say of each other. Each may be right by itself, so nothing is lost: all of this is warnings.
 */

/** Whether the sender says that it gave the dose itself: what the guide then asks for is in its hands. */
function isGivenHere({ source, completion, action }: Administration): boolean {
  return source?.code === ADMINISTERED_HERE && (completion === 'CP' || completion === 'PA') && action !== 'D';
}

/** Checks the fields of RXA against each other. */
export function checkAdministration(
  reader: SegmentReader,
  administration: Administration,
  codes: CodeTables | undefined,
): void {
  const { completion, administeredOn, lotExpiresOn } = administration;
  if ((completion === 'CP' || completion === 'PA') && reader.text(9) === '') {
    reader.report('W', 'field-missing', 9, 'The source of the information is missing.');
  }
  if (isGivenHere(administration)) reportMissing(reader, administration);
  if (lotExpiresOn !== undefined && lotExpiresOn < administeredOn && completion !== 'RE') {
    reader.report('W', 'illogical-date', 16, 'The lot had expired before the dose was given.');
  }
  if (codes) checkCodes(reader, administration, codes);
}

function reportMissing(reader: SegmentReader, { amount }: Administration): void {
  if (amount === undefined) {
    reader.report('W', 'field-missing', 6, 'The amount of a dose given here should be known.');
  }
  // By what was sent: what was sent but not taken has its own problem.
  if (reader.text(15) === '') reader.report('W', 'field-missing', 15, 'The lot number is missing.');
  if (reader.text(16) === '') {
    reader.report('W', 'field-missing', 16, 'The expiration date of the lot is missing.');
  }
  if (!reader.first(17)) reader.report('W', 'field-missing', 17, 'The manufacturer is missing.');
}

function checkCodes(reader: SegmentReader, administration: Administration, codes: CodeTables): void {
  const { vaccineCodes, manufacturer, administeredOn } = administration;
  const [first, second] = vaccineCodes;
  const cvxOf = ({ system, code }: VaccineCode): string | undefined => codes.cvxOf(system, code);
  const cvx = first && cvxOf(first);
  const other = second && cvxOf(second);
  const isContradiction = cvx !== undefined && other !== undefined && !sameCvx(cvx, other);
  if (isContradiction) {
    const place = { repetition: 1, component: 4 };
    reader.report('W', 'illogical-value', 5, 'The two vaccine codes are of different vaccines.', place);
  }
  if (isGivenHere(administration)) {
    for (const [index, { system, code }] of vaccineCodes.entries()) {
      if (system !== 'CVX' || codes.vaccine(system, code, administeredOn) !== 'inactive') continue;
      // Of two codes, the first that was taken may be the second that was sent; the field is enough then.
      const place = vaccineCodes.length === 2 ? { repetition: 1, component: index * 3 + 1 } : {};
      const text = 'The vaccine code is inactive, which a dose given here should not be.';
      reader.report('W', 'illogical-value', 5, text, place);
    }
  }
  const made = cvx ?? other;
  if (manufacturer && made !== undefined && !isContradiction) {
    if (codes.manufacturerMakes?.(manufacturer.code, made) === false) {
      reader.report('W', 'illogical-value', 17, 'The manufacturer does not make this vaccine.');
    }
  }
}

/** Funding eligibility is asked for with every dose given here. One that was sent but not taken has its own problem. */
export function checkFunding(
  reader: SegmentReader,
  administration: Administration,
  observations: readonly Hl7Segment[],
): void {
  if (!isGivenHere(administration)) return;
  if (observations.some((segment) => segment.value(3).trim() === LOINC.fundingEligibility)) return;
  const text = 'The dose has no observation 64994-7 of its funding eligibility.';
  reader.report('W', 'observation-missing', undefined, text);
}
