import { randomUUID } from 'node:crypto';
import { Inject } from '@nestjs/common';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { Caller } from '@registry/access';
import { accessStreams } from '@registry/contracts';
import { decideSite, type Organization, type Site } from '@registry/directory-domain';
import type { ReadModel } from '@registry/persistence';
import { AccessRepository } from '../access/access.repository.js';
import { DIRECTORY_READ_MODEL } from '../access/callers.module.js';
import type { AmendSiteDto, OpenSiteDto } from './site.dto.js';

export class OpenSite {
  constructor(
    readonly organizationId: string,
    readonly body: OpenSiteDto,
    readonly caller: Caller,
  ) {}
}

export class AmendSite {
  constructor(
    readonly code: string,
    readonly body: AmendSiteDto,
    readonly caller: Caller,
  ) {}
}

export class CloseSite {
  constructor(
    readonly code: string,
    readonly caller: Caller,
  ) {}
}

@CommandHandler(OpenSite)
export class OpenSiteHandler implements ICommandHandler<OpenSite, Site | undefined> {
  constructor(
    private readonly repository: AccessRepository,
    @Inject(DIRECTORY_READ_MODEL) private readonly readModel: ReadModel,
  ) {}

  async execute({ organizationId, body, caller }: OpenSite): Promise<Site | undefined> {
    const { code, name, facilityNames = [] } = body;
    const organization = await this.repository.stateOf<Organization>(
      accessStreams.organization(organizationId),
    );
    const namesTaken = await facilityNamesBeside(this.readModel, organizationId, code);
    return this.repository.execute<Site>(
      accessStreams.site(code),
      (state) =>
        decideSite(
          { type: 'OpenSite', code, details: { name, facilityNames }, organization, namesTaken },
          state,
        ),
      () => randomUUID(),
      { actor: caller.clientId },
    );
  }
}

@CommandHandler(AmendSite)
export class AmendSiteHandler implements ICommandHandler<AmendSite, Site | undefined> {
  constructor(
    private readonly repository: AccessRepository,
    @Inject(DIRECTORY_READ_MODEL) private readonly readModel: ReadModel,
  ) {}

  async execute({ code, body, caller }: AmendSite): Promise<Site | undefined> {
    const { name, facilityNames = [] } = body;
    const site = await this.repository.stateOf<Site>(accessStreams.site(code));
    const namesTaken =
      site === undefined ? [] : await facilityNamesBeside(this.readModel, site.organizationId, code);
    return this.repository.execute<Site>(
      accessStreams.site(code),
      (state) => decideSite({ type: 'AmendSite', details: { name, facilityNames }, namesTaken }, state),
      () => randomUUID(),
      { actor: caller.clientId },
    );
  }
}

@CommandHandler(CloseSite)
export class CloseSiteHandler implements ICommandHandler<CloseSite, Site | undefined> {
  constructor(private readonly repository: AccessRepository) {}

  execute({ code, caller }: CloseSite): Promise<Site | undefined> {
    return this.repository.execute<Site>(
      accessStreams.site(code),
      (state) => decideSite({ type: 'CloseSite' }, state),
      () => randomUUID(),
      { actor: caller.clientId },
    );
  }
}

/**
 * Of the organization's other open sites, as the read model has them: two administrators at once can still give one name
 * to two sites. So whoever looks a site up by name takes two for none.
 */
const facilityNamesBeside = async (
  readModel: ReadModel,
  organizationId: string,
  code: string,
): Promise<string[]> => {
  const rows = await readModel.select<{ facilityNames: string }>(
    `SELECT facility_names AS "facilityNames" FROM site
      WHERE organization_id = ? AND code <> ? AND status = 'open'`,
    [organizationId, code],
  );
  return rows.flatMap(({ facilityNames }) => JSON.parse(facilityNames) as string[]);
};
