import type { ConsolidationPolicy } from './consolidation-policy.js';
import { byPreference, type DescribedDose } from './described-dose.js';

/** Reports of one dose, the preferred one first. */
export type DoseCluster = readonly [DescribedDose, ...DescribedDose[]];

type GrowingCluster = [DescribedDose, ...DescribedDose[]];

/**
 * Which reports are of one dose (DOMAIN 1.5). A function of the set of reports: `ordered` is their one order, by preference.
 *
 * First the equal dates: a report joins the first cluster whose preferred report has a common antigen. Compared with the preferred
 * report only, because "has a common antigen" is not transitive: one report of a combination vaccine does not make one dose of two
 * single vaccines that were given together. Then the near dates: a cluster joins the nearest one that every report of both allows.
 * So reports that are near one another in a chain do not become one dose, and of two administered doses on different dates neither is
 * ever lost.
 */
export const clusterDoses = (ordered: readonly DescribedDose[], policy: ConsolidationPolicy): DoseCluster[] =>
  joinNearDates(joinEqualDates(ordered), policy);

const joinEqualDates = (ordered: readonly DescribedDose[]): GrowingCluster[] => {
  const byDate = new Map<string, GrowingCluster[]>();
  const clusters: GrowingCluster[] = [];
  for (const report of ordered) {
    let ofDate = byDate.get(report.dose.date);
    if (ofDate === undefined) byDate.set(report.dose.date, (ofDate = []));
    const same = ofDate.find(([preferred]) => isSameVaccine(preferred, report));
    if (same !== undefined) same.push(report);
    else {
      const cluster: GrowingCluster = [report];
      ofDate.push(cluster);
      clusters.push(cluster);
    }
  }
  return clusters;
};

/** A common antigen; of an unknown vaccine, the same code. */
const isSameVaccine = (a: DescribedDose, b: DescribedDose): boolean =>
  a.vaccine === b.vaccine || hasCommonAntigen(a, b);

const hasCommonAntigen = (a: DescribedDose, b: DescribedDose): boolean =>
  a.antigens.some((antigen) => b.antigens.includes(antigen));

const joinNearDates = (clusters: readonly GrowingCluster[], policy: ConsolidationPolicy): DoseCluster[] => {
  const joined: GrowingCluster[] = [];
  const byDay = new Map<number, GrowingCluster[]>();
  for (const cluster of clusters) {
    const nearest = nearestOf(cluster, byDay, policy);
    if (nearest !== undefined) {
      nearest.push(...cluster);
      nearest.sort(byPreference);
    } else {
      joined.push(cluster);
      const ofDay = byDay.get(cluster[0].day);
      if (ofDay === undefined) byDay.set(cluster[0].day, [cluster]);
      else ofDay.push(cluster);
    }
  }
  return joined;
};

/** Of several as near, the earlier one, then the preferred one. */
const nearestOf = (
  cluster: DoseCluster,
  byDay: ReadonlyMap<number, readonly GrowingCluster[]>,
  policy: ConsolidationPolicy,
): GrowingCluster | undefined => {
  for (let gap = 1; gap <= policy.nearDays; gap += 1) {
    for (const day of [cluster[0].day - gap, cluster[0].day + gap]) {
      const found = byDay.get(day)?.find((other) => isNearRepeat(other, cluster, policy));
      if (found !== undefined) return found;
    }
  }
  return undefined;
};

const isNearRepeat = (a: DoseCluster, b: DoseCluster, policy: ConsolidationPolicy): boolean =>
  hasCommonAntigen(a[0], b[0]) &&
  a.every((report) => b.every((other) => report.day === other.day || mayRepeat(report, other, policy)));

/** May two reports with different dates be of one dose? */
const mayRepeat = (a: DescribedDose, b: DescribedDose, { nearDays }: ConsolidationPolicy): boolean => {
  const gap = Math.abs(a.day - b.day);
  return (
    gap <= nearDays &&
    (a.isHistorical || b.isHistorical) &&
    a.source.organizationId !== b.source.organizationId &&
    (a.lot === '' || b.lot === '' || a.lot === b.lot) &&
    !a.isSameDateOnly &&
    !b.isSameDateOnly &&
    exceeds(a.minimumIntervalDays, gap) &&
    exceeds(b.minimumIntervalDays, gap)
  );
};

/** Where no schedule has an interval, none says that both cannot be real. */
const exceeds = (interval: number | undefined, gap: number): boolean =>
  interval !== undefined && interval > gap;
