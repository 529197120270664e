import { randomUUID } from 'node:crypto';
import { Inject } from '@nestjs/common';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { accessStreams } from '@registry/contracts';
import { decideOrganization, type Organization, type Parent } from '@registry/directory-domain';
import { legalDayOf } from '@registry/legal-day';
import { CLOCK, type Clock } from '@registry/runtime';
import { AccessRepository } from '../access/access.repository.js';
import {
  AcquireOrganization,
  AmendOrganization,
  CloseOrganization,
  EnrolOrganization,
} from './organization.commands.js';

@CommandHandler(EnrolOrganization)
export class EnrolOrganizationHandler implements ICommandHandler<
  EnrolOrganization,
  Organization | undefined
> {
  constructor(private readonly repository: AccessRepository) {}

  async execute({ body, caller }: EnrolOrganization): Promise<Organization | undefined> {
    const organizationId = randomUUID();
    const parent = await parentOf(this.repository, body.parentId);
    return this.repository.execute<Organization>(
      accessStreams.organization(organizationId),
      (state) =>
        decideOrganization(
          { type: 'EnrolOrganization', organization: { organizationId, ...body }, ...parent },
          state,
        ),
      () => randomUUID(),
      { actor: caller.clientId },
    );
  }
}

@CommandHandler(AmendOrganization)
export class AmendOrganizationHandler implements ICommandHandler<
  AmendOrganization,
  Organization | undefined
> {
  constructor(private readonly repository: AccessRepository) {}

  async execute({ organizationId, body, caller }: AmendOrganization): Promise<Organization | undefined> {
    const parent = await parentOf(this.repository, body.parentId);
    return this.repository.execute<Organization>(
      accessStreams.organization(organizationId),
      (state) => decideOrganization({ type: 'AmendOrganization', details: { ...body }, ...parent }, state),
      () => randomUUID(),
      { actor: caller.clientId },
    );
  }
}

@CommandHandler(CloseOrganization)
export class CloseOrganizationHandler implements ICommandHandler<
  CloseOrganization,
  Organization | undefined
> {
  constructor(private readonly repository: AccessRepository) {}

  execute({ organizationId, caller }: CloseOrganization): Promise<Organization | undefined> {
    return this.repository.execute<Organization>(
      accessStreams.organization(organizationId),
      (state) => decideOrganization({ type: 'CloseOrganization' }, state),
      () => randomUUID(),
      { actor: caller.clientId },
    );
  }
}

@CommandHandler(AcquireOrganization)
export class AcquireOrganizationHandler implements ICommandHandler<
  AcquireOrganization,
  Organization | undefined
> {
  constructor(
    private readonly repository: AccessRepository,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async execute({ organizationId, body, caller }: AcquireOrganization): Promise<Organization | undefined> {
    const by = await this.repository.stateOf<Organization>(accessStreams.organization(body.byOrganizationId));
    const today = legalDayOf(this.clock.now().toISOString());
    return this.repository.execute<Organization>(
      accessStreams.organization(organizationId),
      (state) => decideOrganization({ type: 'AcquireOrganization', by, on: body.on, today }, state),
      () => randomUUID(),
      { actor: caller.clientId },
    );
  }
}

/** Health systems are a few levels deep; whoever is beyond that is not looked at. */
const MAX_LEVELS = 20;

const parentOf = async (
  repository: AccessRepository,
  parentId: string | undefined,
): Promise<{ readonly parent?: Parent }> => {
  if (parentId === undefined) return {};
  const organization = await repository.stateOf<Organization>(accessStreams.organization(parentId));
  const ancestorIds: string[] = [];
  for (let above = organization?.parentId; above !== undefined && ancestorIds.length < MAX_LEVELS;) {
    ancestorIds.push(above);
    above = (await repository.stateOf<Organization>(accessStreams.organization(above)))?.parentId;
  }
  return { parent: { organization, ancestorIds } };
};
