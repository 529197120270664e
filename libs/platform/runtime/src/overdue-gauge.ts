import type { Metrics } from '@registry/observability';
import type { ReadModel } from '@registry/persistence';
import type { Clock } from './clock.js';

/**
 * What should have been done by now, by kind: `registry_overdue{of, kind}`.
 * @param of what is overdue, such as `privacy-requests`
 * @param sql one SELECT of `kind` and `overdue` with a placeholder for the time, ISO-8601 UTC
 */
export const measureOverdue = (
  metrics: Metrics,
  readModel: ReadModel,
  clock: Clock,
  of: string,
  sql: string,
): void =>
  metrics.gauge(`registry_overdue_${of.replaceAll('-', '_')}`, `Overdue: ${of}`, ['kind'], async () => {
    const rows = await readModel.select<{ kind: string; overdue: number }>(sql, [clock.now().toISOString()]);
    return rows.map(({ kind, overdue }) => ({ labels: { kind }, value: overdue }));
  });
