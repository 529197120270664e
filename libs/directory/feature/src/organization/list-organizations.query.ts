import { Inject } from '@nestjs/common';
import { QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import type { ReadModel } from '@registry/persistence';
import { MoreThan } from 'typeorm';
import { OrganizationRow } from '../access/access-rows.js';
import { DIRECTORY_READ_MODEL } from '../access/callers.module.js';

export class ListOrganizations {
  /** @param after the `next` of the page before, or empty */
  constructor(readonly after: string) {}
}

export interface OrganizationPage {
  readonly organizations: readonly Omit<OrganizationRow, 'revision'>[];
  /** Absent on the last page. */
  readonly next?: string;
}

const PAGE = 100;

@QueryHandler(ListOrganizations)
export class ListOrganizationsHandler implements IQueryHandler<ListOrganizations, OrganizationPage> {
  constructor(@Inject(DIRECTORY_READ_MODEL) private readonly readModel: ReadModel) {}

  async execute({ after }: ListOrganizations): Promise<OrganizationPage> {
    const organizations = await this.readModel.queries.getRepository(OrganizationRow).find({
      select: { organizationId: true, name: true, category: true, status: true },
      where: { organizationId: MoreThan(after) },
      order: { organizationId: 'ASC' },
      take: PAGE,
    });
    const last = organizations.at(-1);
    return { organizations, ...(organizations.length === PAGE && last ? { next: last.organizationId } : {}) };
  }
}
