import { randomUUID } from 'node:crypto';
import { Inject } from '@nestjs/common';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { Caller } from '@registry/access';
import { accessStreams } from '@registry/contracts';
import {
  decideAgreement,
  type Agreement,
  type AgreementTerm,
  type Organization,
  type Site,
} from '@registry/directory-domain';
import { endOfLegalDay, startOfLegalDay } from '@registry/legal-day';
import { CLOCK, type Clock } from '@registry/runtime';
import { AccessRepository } from '../access/access.repository.js';
import type { SignAgreementDto } from './agreement.dto.js';

export class SignAgreement {
  constructor(
    readonly organizationId: string,
    readonly body: SignAgreementDto,
    readonly caller: Caller,
  ) {}
}

export class EndAgreement {
  constructor(
    readonly organizationId: string,
    readonly caller: Caller,
  ) {}
}

@CommandHandler(SignAgreement)
export class SignAgreementHandler implements ICommandHandler<SignAgreement, Agreement | undefined> {
  constructor(
    private readonly repository: AccessRepository,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async execute({ organizationId, body, caller }: SignAgreement): Promise<Agreement | undefined> {
    const { siteCodes = [] } = body;
    const organization = await this.repository.stateOf<Organization>(
      accessStreams.organization(organizationId),
    );
    const sites = await this.repository.statesOf<Site>(siteCodes.map(accessStreams.site));
    return this.repository.execute<Agreement>(
      accessStreams.agreement(organizationId),
      (state) =>
        decideAgreement(
          {
            type: 'SignAgreement',
            organizationId,
            term: termOf(body),
            organization,
            siteOrganizationIds: sites.map((site) => site?.organizationId),
            at: this.clock.now().toISOString(),
          },
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

/** Of each end of the term validation lets exactly one form through. */
const termOf = ({
  startsOn = '',
  endsOn = '',
  startsAt = startOfLegalDay(startsOn),
  endsAt = endOfLegalDay(endsOn),
  version,
  signatory,
  purposes,
  siteCodes,
}: SignAgreementDto): AgreementTerm => ({
  version,
  signatory,
  purposes,
  startsAt,
  endsAt,
  ...(siteCodes === undefined ? {} : { siteCodes }),
});
