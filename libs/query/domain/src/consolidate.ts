import type { ConsolidatedDose, ConsolidatedRecord } from './consolidated-record.js';
import type { RecordSource, SourceDose } from './source.js';

/**
 * Folds the sources linked to one person into its record. Pure, and independent of the order of arrival: sources are
 * ordered by when they were received, ties by id. Undefined: no sources, so nothing to show.
 *
 * Demographics come from the source received last. A dose is followed by its order number within its organization:
 * U replaces it, D removes it, and both act on nothing else (DOMAIN 1.4). Doses of equal date and a common
 * vaccine code are one. A refusal (RE) or a dose not given (NA) is no dose.
 */
export const consolidate = (sources: readonly RecordSource[]): ConsolidatedRecord | undefined => {
  const ordered = [...sources].sort(byArrival);
  const last = ordered.at(-1);
  const name = last?.demographics.names[0];
  if (last === undefined || name === undefined) return undefined;
  const { birthDate, sex, addresses, guardians } = last.demographics;
  return {
    name,
    birthDate,
    ...(sex === undefined ? {} : { sex }),
    addresses,
    guardians,
    doses: mergeRepeats(currentDoses(ordered)),
    indications: distinct(ordered.flatMap((source) => source.indications)),
    demographicsFrom: last.submissionId,
  };
};

interface AttributedDose extends SourceDose {
  readonly submissionId: string;
}

/** After updates and deletes, in order of arrival. */
const currentDoses = (ordered: readonly RecordSource[]): AttributedDose[] => {
  const doses = new Map<string, AttributedDose>();
  for (const { organizationId, submissionId, doses: submitted } of ordered) {
    for (const [index, dose] of submitted.entries()) {
      const key =
        dose.orderNumber === undefined
          ? JSON.stringify(['place', submissionId, index])
          : JSON.stringify(['order', organizationId, dose.orderNumber.authority, dose.orderNumber.value]);
      const known = doses.has(key);
      if (dose.action === 'D') doses.delete(key);
      else if (dose.action === 'A' || known) doses.set(key, { ...dose, submissionId });
    }
  }
  return [...doses.values()];
};

const mergeRepeats = (doses: readonly AttributedDose[]): ConsolidatedDose[] => {
  const merged: ConsolidatedDose[] = [];
  // Administered before historical, so that lot and manufacturer come from whoever gave the dose.
  const preferred = [...doses]
    .filter(isGiven)
    .sort((a, b) => Number(isHistorical(a)) - Number(isHistorical(b)));
  for (const dose of preferred) {
    const index = merged.findIndex((other) => other.date === dose.date && shareCode(other, dose));
    const other = merged[index];
    if (other === undefined) merged.push(consolidated(dose));
    else merged[index] = joined(other, dose);
  }
  return merged.sort((a, b) => compare(a.date, b.date) || compare(codeOf(a), codeOf(b)));
};

const isGiven = (dose: AttributedDose): dose is AttributedDose & { completion: 'CP' | 'PA' } =>
  dose.completion === 'CP' || dose.completion === 'PA';

const isHistorical = (dose: SourceDose): boolean => dose.source !== undefined && dose.source !== '00';

const shareCode = (a: Pick<SourceDose, 'codes'>, b: Pick<SourceDose, 'codes'>): boolean =>
  a.codes.some((code) => b.codes.some((other) => code.system === other.system && code.value === other.value));

const consolidated = (dose: AttributedDose & { completion: 'CP' | 'PA' }): ConsolidatedDose => ({
  date: dose.date,
  codes: dose.codes,
  completion: dose.completion,
  historical: isHistorical(dose),
  ...optional('lot', dose.lot),
  ...optional('manufacturer', dose.manufacturer),
  ...optional('expiration', dose.expiration),
  from: [dose.submissionId],
});

const joined = (dose: ConsolidatedDose, repeat: AttributedDose): ConsolidatedDose => ({
  ...dose,
  ...optional('lot', dose.lot ?? repeat.lot),
  ...optional('manufacturer', dose.manufacturer ?? repeat.manufacturer),
  ...optional('expiration', dose.expiration ?? repeat.expiration),
  from: [...new Set([...dose.from, repeat.submissionId])],
});

const optional = <Key extends string>(key: Key, value: string | undefined): { [K in Key]?: string } =>
  value === undefined ? {} : ({ [key]: value } as { [K in Key]: string });

const distinct = <T>(values: readonly T[]): T[] => [
  ...new Map(values.map((value) => [JSON.stringify(value), value])).values(),
];

const codeOf = (dose: ConsolidatedDose): string =>
  dose.codes.map((code) => `${code.system}:${code.value}`).join();

const byArrival = (a: RecordSource, b: RecordSource): number =>
  compare(a.receivedAt, b.receivedAt) || compare(a.submissionId, b.submissionId);

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
