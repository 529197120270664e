import { Inject, Injectable } from '@nestjs/common';
import { legalDaysUntil } from '@registry/legal-day';
import type { ReadModel } from '@registry/persistence';
import { DIRECTORY_READ_MODEL } from '../access/callers.module.js';
import { nextOf, PAGE_SIZE } from '../access/page.js';

export interface EndingAgreement {
  readonly organizationId: string;
  readonly name: string;
  readonly category: string;
  readonly version: string;
  readonly signatory: string;
  /** ISO-8601 UTC: until then the organization may read, a signed renewal included. */
  readonly until: string;
  readonly status: 'ending' | 'lapsed';
  /** Legal days to the last one; negative since it lapsed. */
  readonly daysLeft: number;
}

export interface EndingAgreementPage {
  readonly agreements: readonly EndingAgreement[];
  /** Absent on the last page. */
  readonly next?: string;
}

/** Agreements of active organizations that end soon or have lapsed, those that ended first on top. */
@Injectable()
export class EndingAgreements {
  constructor(@Inject(DIRECTORY_READ_MODEL) private readonly readModel: ReadModel) {}

  /**
   * @param now and `until` ISO-8601 UTC with milliseconds
   * @param after the `next` of the page before, or an instant: only what ends after it
   */
  async page(now: string, until: string, after = ''): Promise<EndingAgreementPage> {
    const [afterUntil = '', afterId = ''] = after.split('|');
    const rows = await this.readModel.select<Omit<EndingAgreement, 'status' | 'daysLeft'>>(
      // What resumes ends later than what was covered before, so that no row is missed that the index leaves out.
      `SELECT * FROM (
         SELECT a.organization_id AS "organizationId", o.name, o.category, a.version, a.signatory,
                CASE WHEN a.resumes_at <> '' AND a.resumes_at <= ? THEN a.resumes_until
                     ELSE a.covered_until END AS "until"
           FROM agreement a JOIN organization o ON o.organization_id = a.organization_id
          WHERE o.status = 'active' AND a.covered_until <= ?) ending
        WHERE "until" <= ? AND ("until" > ? OR ("until" = ? AND "organizationId" > ?))
        ORDER BY "until", "organizationId" LIMIT ${PAGE_SIZE}`,
      [now, until, until, afterUntil, afterUntil, afterId],
    );
    return {
      agreements: rows.map((row) => ({
        ...row,
        status: row.until > now ? 'ending' : 'lapsed',
        daysLeft: legalDaysUntil(row.until, now),
      })),
      ...nextOf(rows, (row) => `${row.until}|${row.organizationId}`),
    };
  }
}
