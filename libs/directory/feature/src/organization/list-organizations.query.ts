import { Inject } from '@nestjs/common';
import { QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import type { ReadModel } from '@registry/persistence';
import type { OrganizationRow } from '../access/access-rows.js';
import { DIRECTORY_READ_MODEL } from '../access/callers.module.js';
import { nextOf, PAGE_SIZE } from '../access/page.js';

export class ListOrganizations {
  /** @param after the `next` of the page before, or empty */
  constructor(readonly after: string) {}
}

export interface OrganizationPage {
  /** `parentId` is empty where there is none. */
  readonly organizations: readonly Omit<OrganizationRow, 'revision'>[];
  /** Absent on the last page. */
  readonly next?: string;
}

@QueryHandler(ListOrganizations)
export class ListOrganizationsHandler implements IQueryHandler<ListOrganizations, OrganizationPage> {
  constructor(@Inject(DIRECTORY_READ_MODEL) private readonly readModel: ReadModel) {}

  async execute({ after }: ListOrganizations): Promise<OrganizationPage> {
    const organizations = await this.readModel.select<Omit<OrganizationRow, 'revision'>>(
      `SELECT organization_id AS "organizationId", name, category, status, parent_id AS "parentId"
         FROM organization WHERE organization_id > ? ORDER BY organization_id LIMIT ${PAGE_SIZE}`,
      [after],
    );
    return { organizations, ...nextOf(organizations, ({ organizationId }) => organizationId) };
  }
}
