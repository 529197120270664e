import type { ConsolidatedRecord } from './consolidated-record.js';
import type { ConsolidationPolicy, DemographicElement, Precedence } from './consolidation-policy.js';
import type { RecordSource, SourceDemographics } from './source.js';
import { byIssue, isVital } from './standing.js';

export type ConsolidatedDemographics = Pick<
  ConsolidatedRecord,
  Exclude<DemographicElement, 'death'> | 'death' | 'demographicsFrom'
>;

/**
 * Each element from the first source that has it, in the order that the policy gives.
 *
 * @param ordered sources that stand, oldest first
 * @param replacedAt when the person's vital record was last replaced. Guardians named before by others are not shown in place of those
 *   that a replacement leaves out: they may be the parents whom it replaced.
 */
export const consolidateDemographics = (
  ordered: readonly RecordSource[],
  replacedAt: number | undefined,
  policy: ConsolidationPolicy,
): ConsolidatedDemographics | undefined => {
  const received = [...ordered].reverse();
  const vitals = ordered.filter(isVital).sort(byIssue).reverse();
  const sources: Readonly<Record<Precedence, readonly RecordSource[]>> = {
    received,
    'vital-records':
      vitals.length === 0 ? received : [...vitals, ...received.filter((source) => !isVital(source))],
  };
  const from: Partial<Record<DemographicElement, string>> = {};

  const choose = <Value>(
    element: DemographicElement,
    valueOf: (demographics: SourceDemographics, source: RecordSource) => Value | undefined,
  ): Value | undefined => {
    for (const source of sources[policy.precedence[element]]) {
      const value = valueOf(source.demographics, source);
      if (value === undefined) continue;
      from[element] = source.submissionId;
      return value;
    }
    return undefined;
  };

  const name = choose('name', ({ names }) => names[0]);
  const birthDate = choose('birthDate', (demographics) => demographics.birthDate);
  if (name === undefined || birthDate === undefined) return undefined;
  const sex = choose('sex', (demographics) => demographics.sex);
  const addresses = choose('addresses', (demographics) => filled(demographics.addresses)) ?? [];
  const phones = choose('phones', (demographics) => filled(demographics.phones)) ?? [];
  const guardians =
    choose('guardians', (demographics, source) =>
      isVital(source) || replacedAt === undefined || Date.parse(source.receivedAt) >= replacedAt
        ? filled(demographics.guardians)
        : undefined,
    ) ?? [];
  const multipleBirth = choose('multipleBirth', (demographics) => demographics.multipleBirth);
  const birthOrder = choose('birthOrder', (demographics) => demographics.birthOrder);
  const death = choose('death', deathOf);
  if (death?.died === false) delete from.death;
  return {
    name,
    birthDate,
    ...(sex === undefined ? {} : { sex }),
    addresses,
    phones,
    guardians,
    ...(multipleBirth === undefined ? {} : { multipleBirth }),
    ...(birthOrder === undefined ? {} : { birthOrder }),
    ...(death?.died === true ? { death: death.date === undefined ? {} : { date: death.date } } : {}),
    demographicsFrom: from,
  };
};

/** Whether the source says that the person died, or lives; undefined: neither. */
const deathOf = (
  { deathDate, died }: SourceDemographics,
  { vital }: RecordSource,
): { readonly died: boolean; readonly date?: string } | undefined => {
  if (deathDate !== undefined) return { died: true, date: deathDate };
  if (vital?.event === 'death') return { died: true };
  return died === undefined ? undefined : { died };
};

const filled = <Value>(values: readonly Value[]): readonly Value[] | undefined =>
  values.length === 0 ? undefined : values;
