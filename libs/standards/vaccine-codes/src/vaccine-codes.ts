import { type CodeSystem, normalCvx, normalNdcs } from './code-forms.js';
import { listOf, NOTHING, rowsOf } from './rows-of.js';
import { CPT_TABLE } from './tables/cpt.table.js';
import { CVX_TABLE } from './tables/cvx.table.js';
import { MINIMUM_INTERVAL_TABLE } from './tables/minimum-interval.table.js';
import { MVX_TABLE } from './tables/mvx.table.js';
import { NDC_TABLE } from './tables/ndc.table.js';

/**
 * CDC's status of a code. `never-active`: planned, never given. `non-us`: given abroad only, so reported as historical. `unknown`: in no
 * table.
 */
export type CodeStatus = 'active' | 'inactive' | 'never-active' | 'non-us' | 'unknown';

interface Vaccine {
  readonly status: CodeStatus;
  readonly antigens: readonly string[];
  readonly groups: readonly string[];
  readonly manufacturers: readonly string[];
  readonly name: string;
  readonly minimumIntervalDays: number | undefined;
}

interface Product {
  readonly cvx: string;
  /** `YYYY-MM-DD`; undefined while it is marketed. */
  readonly end: string | undefined;
}

const STATUS: Readonly<Record<string, CodeStatus>> = {
  Active: 'active',
  Inactive: 'inactive',
  'Never Active': 'never-active',
  'Non-US': 'non-us',
};

const statusOf = (text = ''): CodeStatus => STATUS[text] ?? 'unknown';

const intervals = new Map(
  rowsOf(MINIMUM_INTERVAL_TABLE).map(([antigen = '', days]) => [antigen, Number(days)]),
);

const smallestInterval = (antigens: readonly string[]): number | undefined => {
  const days = antigens.flatMap((antigen) => intervals.get(antigen) ?? []);
  return days.length === 0 ? undefined : Math.min(...days);
};

const vaccines: ReadonlyMap<string, Vaccine> = new Map(
  rowsOf(CVX_TABLE).map(([cvx = '', status, antigenList, groups, manufacturers, name = '']) => {
    const antigens = listOf(antigenList);
    const vaccine: Vaccine = {
      status: statusOf(status),
      antigens,
      groups: listOf(groups),
      manufacturers: listOf(manufacturers),
      name,
      minimumIntervalDays: smallestInterval(antigens),
    };
    return [cvx, vaccine];
  }),
);

const products: ReadonlyMap<string, Product> = new Map(
  rowsOf(NDC_TABLE).map(([ndc = '', cvx = '', end = '']) => [
    ndc,
    { cvx, end: end === '' ? undefined : end },
  ]),
);

const procedures: ReadonlyMap<string, string> = new Map(
  rowsOf(CPT_TABLE).map(([cpt = '', cvx = '']) => [cpt, cvx]),
);

const manufacturers: ReadonlyMap<string, CodeStatus> = new Map(
  rowsOf(MVX_TABLE).map(([mvx = '', status]) => [mvx, statusOf(status)]),
);

/** Stand for a manufacturer that the sender does not know or the table does not have. */
const UNSPECIFIED_MANUFACTURERS: ReadonlySet<string> = new Set(['OTH', 'UNK']);

const vaccineOf = (cvx: string): Vaccine | undefined => vaccines.get(normalCvx(cvx));

const productOf = (ndc: string): Product | undefined => {
  for (const normal of normalNdcs(ndc)) {
    const product = products.get(normal);
    if (product !== undefined) return product;
  }
  return undefined;
};

/**
 * The status of a vaccine code. CDC gives NDC and CPT codes none of their own: a CPT code has that of its CVX, and an NDC is active as long
 * as it is marketed, whatever became of its CVX.
 *
 * @param on the dose's date, `YYYY-MM-DD`: an NDC is inactive after its end of marketing. Without it, an NDC that the table has is active.
 */
export const vaccineStatus = (system: CodeSystem, code: string, on?: string): CodeStatus => {
  switch (system) {
    case 'CVX':
      return vaccineOf(code)?.status ?? 'unknown';
    case 'CPT': {
      const cvx = cvxOf('CPT', code);
      return cvx === undefined ? 'unknown' : vaccineStatus('CVX', cvx);
    }
    case 'NDC': {
      const product = productOf(code);
      if (product === undefined) return 'unknown';
      return on !== undefined && product.end !== undefined && on > product.end ? 'inactive' : 'active';
    }
  }
};

/**
 * The CVX code, in its normal form, of a code that a table has. Where CDC maps a code to several, all of the same antigens, it is the
 * lowest of those in use.
 */
export const cvxOf = (system: CodeSystem, code: string): string | undefined => {
  switch (system) {
    case 'CVX': {
      const cvx = normalCvx(code);
      return vaccines.has(cvx) ? cvx : undefined;
    }
    case 'CPT':
      return procedures.get(code.trim());
    case 'NDC':
      return productOf(code)?.cvx;
  }
};

/** CDC's short description; undefined for an unknown code. */
export const vaccineName = (cvx: string): string | undefined => vaccineOf(cvx)?.name;

/** By CDSi's names, sorted; empty for an unknown code and for what no schedule has (immune globulins, vaccines out of use for long). */
export const antigensOf = (cvx: string): readonly string[] => vaccineOf(cvx)?.antigens ?? NOTHING;

/** By CDC's names, sorted: a combination vaccine is of several. */
export const vaccineGroupsOf = (cvx: string): readonly string[] => vaccineOf(cvx)?.groups ?? NOTHING;

/**
 * The smallest absolute minimum interval, in days, that any series of CDSi wants between doses of any of the vaccine's antigens. Two
 * doses closer than that are hardly both real (DOMAIN 1.5). Undefined where no schedule has any: an unknown vaccine, or one given once.
 */
export const minimumIntervalDays = (cvx: string): number | undefined => vaccineOf(cvx)?.minimumIntervalDays;

/** 998, no vaccine was given; 999, which one is not known. */
export const isPlaceholder = (cvx: string): boolean => cvx.trim() === '998' || cvx.trim() === '999';

/** The status of an MVX code. */
export const manufacturerStatus = (mvx: string): CodeStatus =>
  manufacturers.get(mvx.trim().toUpperCase()) ?? 'unknown';

/**
 * Whether the manufacturer makes or made the vaccine, by trade names and NDC. Undefined where the tables cannot tell: an unknown or
 * unspecified manufacturer, or a vaccine of which they name none.
 */
export const manufacturerMakes = (mvx: string, cvx: string): boolean | undefined => {
  const manufacturer = mvx.trim().toUpperCase();
  const makers = vaccineOf(cvx)?.manufacturers ?? NOTHING;
  if (makers.length === 0) return undefined;
  if (UNSPECIFIED_MANUFACTURERS.has(manufacturer) || !manufacturers.has(manufacturer)) return undefined;
  return makers.includes(manufacturer);
};
