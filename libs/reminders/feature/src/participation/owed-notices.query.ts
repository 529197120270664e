import type { ReadModel } from '@registry/persistence';

export const OWED_NOTICES = Symbol('OwedNotices');

export interface OwedNotice {
  /** The organization's own id for the person. */
  readonly registryId: string;
  readonly owedSince: string;
  readonly dueAt: string;
  readonly overdue: boolean;
}

export interface OwedNoticePage {
  /** In the order in which they fall due. */
  readonly notices: readonly OwedNotice[];
  /** Pass as `after` for the next page; absent on the last one. */
  readonly next?: string;
}

export interface OverdueNotices {
  readonly organizationId: string;
  readonly overdue: number;
  /** When the oldest of them fell due. */
  readonly since: string;
}

export interface OverduePage {
  readonly organizations: readonly OverdueNotices[];
  readonly next?: string;
}

const PAGE = 100;

export class OwedNotices {
  constructor(private readonly readModel: ReadModel) {}

  /** Of the persons who were registered from the organization's own submissions. @param now ISO-8601 UTC */
  async ofOrganization(organizationId: string, now: string, after?: string): Promise<OwedNoticePage> {
    const [dueAt = '', registryId = ''] = after?.split('|') ?? [];
    const rows = await this.readModel.select<Omit<OwedNotice, 'overdue'>>(
      `SELECT r.registry_id AS "registryId", o.owed_since AS "owedSince", o.due_at AS "dueAt"
         FROM owed_notice o
         JOIN reminder_registry_id r ON r.person_id = o.person_id AND r.organization_id = o.organization_id
        WHERE o.organization_id = ? AND NOT o.given AND o.merged_into = ''
          AND (o.due_at > ? OR (o.due_at = ? AND r.registry_id > ?))
        ORDER BY o.due_at, r.registry_id LIMIT ${PAGE}`,
      [organizationId, dueAt, dueAt, registryId],
    );
    const last = rows.at(-1);
    return {
      notices: rows.map((row) => ({ ...row, overdue: row.dueAt <= now })),
      ...(rows.length === PAGE && last ? { next: `${last.dueAt}|${last.registryId}` } : {}),
    };
  }

  /** Numbers by organization; nobody is named. @param now ISO-8601 UTC */
  async overdue(now: string, after = ''): Promise<OverduePage> {
    const rows = await this.readModel.select<OverdueNotices>(
      `SELECT organization_id AS "organizationId", COUNT(*) AS overdue, MIN(due_at) AS since
         FROM owed_notice
        WHERE NOT given AND merged_into = '' AND due_at <= ? AND organization_id > ?
        GROUP BY organization_id ORDER BY organization_id LIMIT ${PAGE}`,
      [now, after],
    );
    const last = rows.at(-1);
    return {
      organizations: rows,
      ...(rows.length === PAGE && last ? { next: last.organizationId } : {}),
    };
  }
}
