import type {
  ConsolidatedDose,
  ConsolidatedIndication,
  ConsolidatedRecord,
  DoseNotGiven,
  TakenValue,
} from './consolidated-record.js';
import { MN_CONSOLIDATION_1, type ConsolidationPolicy } from './consolidation-policy.js';
import { currentReports, type DoseReport } from './current-doses.js';
import { consolidateDemographics } from './demographics.js';
import {
  byPreference,
  cvxOf,
  describe,
  isGiven,
  isNoVaccination,
  type DescribedDose,
} from './described-dose.js';
import { clusterDoses, type DoseCluster } from './dose-clusters.js';
import { byReceipt, compare } from './ordering.js';
import type { RecordSource, SourceDose } from './source.js';
import { lastReplacementAt, standingSources } from './standing.js';
import type { VaccineFacts } from './vaccine-facts.js';

/**
 * Folds the sources linked to one person into its record: docs/consolidation.md. Pure, and a function of the set of sources: neither
 * their order nor a repeated one matters. Sealed sources are to be handed over, too: what they seal is known by them.
 *
 * @returns undefined: no source stands, so there is nothing to show
 */
export const consolidate = (
  sources: readonly RecordSource[],
  facts: VaccineFacts,
  policy: ConsolidationPolicy = MN_CONSOLIDATION_1,
): ConsolidatedRecord | undefined => {
  const distinct = [...new Map(sources.map((source) => [source.submissionId, source])).values()];
  const standing = [...standingSources(distinct)].sort(byReceipt);
  const demographics = consolidateDemographics(standing, lastReplacementAt(sources), policy);
  if (demographics === undefined) return undefined;
  const given: DescribedDose[] = [];
  const notGiven: (DoseReport & { readonly cvx: string | undefined })[] = [];
  for (const report of currentReports(standing, policy)) {
    const { dose, source, index } = report;
    const cvx = cvxOf(dose.codes, facts);
    if (isNoVaccination(cvx)) continue;
    if (isGiven(dose)) given.push(describe({ dose, source, index }, cvx, facts, policy));
    else notGiven.push({ ...report, cvx });
  }
  return {
    policy: policy.name,
    ...demographics,
    doses: clusterDoses(given.sort(byPreference), policy).sort(byDateAndVaccine).map(shownDose),
    notGiven: distinctNotGiven(notGiven),
    indications: distinctIndications(standing),
  };
};

const byDateAndVaccine = ([a]: DoseCluster, [b]: DoseCluster): number =>
  compare(a.dose.date, b.dose.date) || compare(a.vaccine, b.vaccine);

/** What a dose shows as reported. Named one by one: copying the rest of an object takes a third of the whole fold. */
const AS_REPORTED = [
  'source',
  'lot',
  'manufacturer',
  'expiration',
  'amount',
  'unit',
  'route',
  'site',
  'facility',
  'fundingEligibility',
  'fundingSource',
] as const satisfies readonly (keyof ConsolidatedDose & keyof SourceDose)[];

const shownDose = ([preferred, ...others]: DoseCluster): ConsolidatedDose => {
  const { dose, source, cvx, isHistorical } = preferred;
  const shown: Writable<ConsolidatedDose> = {
    date: dose.date,
    codes: dose.codes,
    completion: dose.completion,
    historical: isHistorical,
    from: source.submissionId,
  };
  if (cvx !== undefined) shown.cvx = cvx;
  for (const value of AS_REPORTED) if (dose[value] !== undefined) shown[value] = dose[value];
  if (others.length > 0) {
    Object.assign(shown, takenFrom(preferred, others));
    shown.alsoFrom = others.map(otherReport);
  }
  return shown;
};

type Writable<T> = { -readonly [Key in keyof T]: T[Key] };

const otherReport = ({ source, dose, cvx, isHistorical }: DescribedDose) => ({
  from: source.submissionId,
  date: dose.date,
  ...(cvx === undefined ? {} : { cvx }),
  historical: isHistorical,
});

const TAKEN: readonly TakenValue[] = ['lot', 'manufacturer', 'expiration'];

/**
 * What the preferred report does not say of its vial, from others of the same vaccine, the best first. A report that contradicts what is
 * known so far is of another vial.
 */
const takenFrom = (
  preferred: DescribedDose,
  others: readonly DescribedDose[],
): Partial<Pick<ConsolidatedDose, TakenValue | 'taken'>> => {
  const { lot, manufacturer, expiration } = preferred.dose;
  const known: { [Value in TakenValue]?: string | undefined } = { lot, manufacturer, expiration };
  const values: { [Value in TakenValue]?: string } = {};
  const taken: { [Value in TakenValue]?: string } = {};
  for (const { dose, source, vaccine } of others) {
    const isSameVial =
      vaccine === preferred.vaccine &&
      TAKEN.every(
        (value) => known[value] === undefined || dose[value] === undefined || known[value] === dose[value],
      );
    if (!isSameVial) continue;
    for (const value of TAKEN) {
      const found = dose[value];
      if (known[value] !== undefined || found === undefined) continue;
      known[value] = values[value] = found;
      taken[value] = source.submissionId;
    }
  }
  return Object.keys(taken).length === 0 ? {} : { ...values, taken };
};

const distinctNotGiven = (
  reports: readonly (DoseReport & { readonly cvx: string | undefined })[],
): DoseNotGiven[] => {
  const byContent = new Map<string, DoseNotGiven & { readonly from: string[] }>();
  for (const { dose, source, cvx } of [...reports].sort(
    (a, b) => byReceipt(a.source, b.source) || a.index - b.index,
  )) {
    const { date, codes, completion, refusalReason } = dose;
    if (completion !== 'RE' && completion !== 'NA') continue;
    const key = JSON.stringify([date, cvx ?? codes, completion, refusalReason]);
    const known = byContent.get(key);
    if (known === undefined) {
      byContent.set(key, {
        date,
        codes,
        ...(cvx === undefined ? {} : { cvx }),
        completion,
        ...(refusalReason === undefined ? {} : { refusalReason }),
        from: [source.submissionId],
      });
    } else addOnce(known.from, source.submissionId);
  }
  return [...byContent.entries()].sort(([a], [b]) => compare(a, b)).map(([, dose]) => dose);
};

/** Of one kind, code and date there is one, with the text that was received first. */
const distinctIndications = (ordered: readonly RecordSource[]): ConsolidatedIndication[] => {
  const byContent = new Map<string, ConsolidatedIndication & { readonly from: string[] }>();
  for (const { indications, submissionId } of ordered) {
    for (const indication of indications) {
      const key = `${indication.kind}|${indication.date ?? ''}|${indication.code}`;
      const known = byContent.get(key);
      if (known === undefined) byContent.set(key, { ...indication, from: [submissionId] });
      else addOnce(known.from, submissionId);
    }
  }
  return [...byContent.values()];
};

const addOnce = (submissionIds: string[], submissionId: string): void => {
  if (!submissionIds.includes(submissionId)) submissionIds.push(submissionId);
};
