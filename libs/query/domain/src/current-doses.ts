import type { ConsolidationPolicy } from './consolidation-policy.js';
import type { RecordSource, SourceDose } from './source.js';

/** A dose as one submission reports it. */
export interface DoseReport {
  readonly dose: SourceDose;
  readonly source: RecordSource;
  /** Place in its submission. */
  readonly index: number;
}

/**
 * The reports that are left after updates and deletes. U and D act on the report of the same order number and organization and on
 * nothing else (DOMAIN 1.4); an A that repeats an order number of an earlier submission is a newer snapshot of that dose, and replaces it.
 * Within one submission an order number that comes twice is a sender's mistake, and both doses are kept.
 *
 * @param ordered oldest first
 */
export const currentReports = (
  ordered: readonly RecordSource[],
  policy: ConsolidationPolicy,
): readonly DoseReport[] => {
  const unnumbered: DoseReport[] = [];
  const byOrder = new Map<string, DoseReport[]>();
  for (const source of ordered) {
    for (const [index, dose] of source.doses.entries()) {
      const report = { dose, source, index };
      const order = orderOf(source, dose, policy);
      if (order === undefined) {
        if (dose.action === 'A') unnumbered.push(report);
        continue;
      }
      const known = byOrder.get(order);
      if (dose.action === 'D') byOrder.delete(order);
      else if (dose.action === 'U') {
        if (known !== undefined) byOrder.set(order, [report]);
      } else if (known?.[0]?.source === source) known.push(report);
      else byOrder.set(order, [report]);
    }
  }
  return [...unnumbered, ...[...byOrder.values()].flat()];
};

const orderOf = (
  { organizationId }: RecordSource,
  { orderNumber }: SourceDose,
  { noOrderNumber }: ConsolidationPolicy,
): string | undefined =>
  orderNumber === undefined || noOrderNumber.includes(orderNumber.value)
    ? undefined
    : `${organizationId}\u0000${orderNumber.authority}\u0000${orderNumber.value}`;
