import { randomUUID } from 'node:crypto';
import { Inject } from '@nestjs/common';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { accessStreams } from '@registry/contracts';
import {
  decideAgreement,
  decideOrganization,
  type Agreement,
  type Organization,
} from '@registry/directory-domain';
import { CLOCK, type Clock } from '@registry/runtime';
import { AccessRepository } from '../access/access.repository.js';
import {
  CloseOrganization,
  EndAgreement,
  EnrolOrganization,
  SignAgreement,
} from './organization.commands.js';

@CommandHandler(EnrolOrganization)
export class EnrolOrganizationHandler implements ICommandHandler<
  EnrolOrganization,
  Organization | undefined
> {
  constructor(private readonly repository: AccessRepository) {}

  execute({ body, caller }: EnrolOrganization): Promise<Organization | undefined> {
    const organizationId = randomUUID();
    return this.repository.execute<Organization>(
      accessStreams.organization(organizationId),
      (state) =>
        decideOrganization({ type: 'EnrolOrganization', organization: { organizationId, ...body } }, state),
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

@CommandHandler(SignAgreement)
export class SignAgreementHandler implements ICommandHandler<SignAgreement, Agreement | undefined> {
  constructor(private readonly repository: AccessRepository) {}

  async execute({ organizationId, body, caller }: SignAgreement): Promise<Agreement | undefined> {
    const organization = await this.repository.stateOf<Organization>(
      accessStreams.organization(organizationId),
    );
    return this.repository.execute<Agreement>(
      accessStreams.agreement(organizationId),
      (state) =>
        decideAgreement(
          { type: 'SignAgreement', agreement: { organizationId, ...body }, organization },
          state,
        ),
      () => randomUUID(),
      { actor: caller.clientId },
    );
  }
}

@CommandHandler(EndAgreement)
export class EndAgreementHandler implements ICommandHandler<EndAgreement, Agreement | undefined> {
  constructor(
    private readonly repository: AccessRepository,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  execute({ organizationId, caller }: EndAgreement): Promise<Agreement | undefined> {
    return this.repository.execute<Agreement>(
      accessStreams.agreement(organizationId),
      (state) => decideAgreement({ type: 'EndAgreement', at: this.clock.now().toISOString() }, state),
      () => randomUUID(),
      { actor: caller.clientId },
    );
  }
}
