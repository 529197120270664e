import type { ConsolidationPolicy } from './consolidation-policy.js';
import type { DoseReport } from './current-doses.js';
import { compare } from './ordering.js';
import type { SourceCode, SourceDose } from './source.js';
import type { VaccineFacts } from './vaccine-facts.js';

/** CDC's code for a message part without a vaccination. */
const NO_VACCINE_ADMINISTERED = '998';
const ADMINISTERED = '00';
const MILLISECONDS_OF_DAY = 86_400_000;

/** A report of a dose that was given, with what deduplication asks about it. */
export interface DescribedDose extends DoseReport {
  readonly dose: GivenDose;
  readonly cvx: string | undefined;
  /** Equal for equal vaccines, also for such as no table has. */
  readonly vaccine: string;
  /** Empty: the vaccine is unknown. */
  readonly antigens: readonly string[];
  readonly minimumIntervalDays: number | undefined;
  readonly isSameDateOnly: boolean;
  readonly isHistorical: boolean;
  /** Days since 1970; NaN for what is no date. */
  readonly day: number;
  /** Letters and digits of the lot number; empty: none. */
  readonly lot: string;
  /** How many of the values that tell doses apart are there. */
  readonly completeness: number;
}

export type GivenDose = SourceDose & { readonly completion: 'CP' | 'PA' };

/** A part of a message that is about no vaccination, whatever its completion says. */
export const isNoVaccination = (cvx: string | undefined): boolean => cvx === NO_VACCINE_ADMINISTERED;

/** Neither refused nor not given. */
export const isGiven = (dose: SourceDose): dose is GivenDose =>
  dose.completion === 'CP' || dose.completion === 'PA';

/** By the first CVX code that a table has, else by any other code; a CVX code that no table has stands for itself. */
export const cvxOf = (codes: readonly SourceCode[], facts: VaccineFacts): string | undefined => {
  let unknown: string | undefined;
  let translated: string | undefined;
  for (const { system, value } of codes) {
    const cvx = facts.cvxOf(system, value);
    if (cvx !== undefined && system === 'CVX') return cvx;
    if (cvx !== undefined) translated ??= cvx;
    else if (system === 'CVX') unknown ??= value;
  }
  return translated ?? unknown;
};

export const describe = (
  { dose, source, index }: DoseReport & { readonly dose: GivenDose },
  cvx: string | undefined,
  facts: VaccineFacts,
  policy: ConsolidationPolicy,
): DescribedDose => {
  const antigens = cvx === undefined ? [] : facts.antigensOf(cvx);
  const [code] = dose.codes;
  return {
    dose,
    source,
    index,
    cvx,
    vaccine: cvx ?? `${code?.system}:${code?.value}`,
    antigens,
    minimumIntervalDays: cvx === undefined ? undefined : facts.minimumIntervalDays(cvx),
    isSameDateOnly: antigens.some((antigen) => policy.sameDateOnly.includes(antigen)),
    isHistorical: dose.source !== undefined && dose.source !== ADMINISTERED,
    day: Date.parse(dose.date) / MILLISECONDS_OF_DAY,
    lot: dose.lot === undefined ? '' : dose.lot.toUpperCase().replace(/[^A-Z0-9]/g, ''),
    completeness: completenessOf(dose) + (antigens.length > 0 ? 1 : 0),
  };
};

const completenessOf = ({
  completion,
  lot,
  manufacturer,
  expiration,
  amount,
  route,
  site,
}: GivenDose): number =>
  Number(completion === 'CP') +
  Number(lot !== undefined) +
  Number(manufacturer !== undefined) +
  Number(expiration !== undefined) +
  Number(amount !== undefined) +
  Number(route !== undefined) +
  Number(site !== undefined);

/**
 * The better report first: administered before historical, then the more complete, then the one received later; ties by id. It puts all
 * reports in one order, whatever order they came in.
 */
export const byPreference = (a: DescribedDose, b: DescribedDose): number =>
  Number(a.isHistorical) - Number(b.isHistorical) ||
  b.completeness - a.completeness ||
  compare(b.source.receivedAt, a.source.receivedAt) ||
  b.source.arrival - a.source.arrival ||
  compare(b.source.submissionId, a.source.submissionId) ||
  a.index - b.index;
