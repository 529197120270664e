import { Inject } from '@nestjs/common';
import { QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import type { Site } from '@registry/directory-domain';
import type { ReadModel } from '@registry/persistence';
import { DIRECTORY_READ_MODEL } from '../access/callers.module.js';
import { nextOf, PAGE_SIZE } from '../access/page.js';

export class ListSites {
  constructor(
    readonly organizationId: string,
    /** The `next` of the page before, or empty. */
    readonly after: string,
  ) {}
}

export interface SitePage {
  readonly sites: readonly Site[];
  /** Absent on the last page. */
  readonly next?: string;
}

@QueryHandler(ListSites)
export class ListSitesHandler implements IQueryHandler<ListSites, SitePage> {
  constructor(@Inject(DIRECTORY_READ_MODEL) private readonly readModel: ReadModel) {}

  async execute({ organizationId, after }: ListSites): Promise<SitePage> {
    const rows = await this.readModel.select<Omit<Site, 'facilityNames'> & { facilityNames: string }>(
      `SELECT code, organization_id AS "organizationId", name, facility_names AS "facilityNames", status
         FROM site WHERE organization_id = ? AND code > ? ORDER BY code LIMIT ${PAGE_SIZE}`,
      [organizationId, after],
    );
    const sites = rows.map((row) => ({ ...row, facilityNames: JSON.parse(row.facilityNames) as string[] }));
    return { sites, ...nextOf(rows, ({ code }) => code) };
  }
}
