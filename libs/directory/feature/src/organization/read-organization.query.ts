import { QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { accessStreams } from '@registry/contracts';
import { DirectoryError, type Agreement, type Organization } from '@registry/directory-domain';
import { AccessRepository } from '../access/access.repository.js';

export class ReadOrganization {
  constructor(readonly organizationId: string) {}
}

export interface OrganizationWithAgreement {
  readonly organization: Organization;
  /** Absent: none was ever signed. */
  readonly agreement?: Agreement;
}

@QueryHandler(ReadOrganization)
export class ReadOrganizationHandler implements IQueryHandler<ReadOrganization, OrganizationWithAgreement> {
  constructor(private readonly repository: AccessRepository) {}

  async execute({ organizationId }: ReadOrganization): Promise<OrganizationWithAgreement> {
    const [organization, agreement] = await this.repository.statesOf<Organization | Agreement>([
      accessStreams.organization(organizationId),
      accessStreams.agreement(organizationId),
    ]);
    if (organization === undefined) throw new DirectoryError('DIRECTORY.ORGANIZATION_UNKNOWN');
    return {
      organization: organization as Organization,
      ...(agreement === undefined ? {} : { agreement: agreement as Agreement }),
    };
  }
}
