import { Inject } from '@nestjs/common';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { Caller } from '@registry/access';
import {
  CONTENT_KEYS,
  digest,
  KeyDestroyed,
  newContentKey,
  seal,
  type ContentKeys,
} from '@registry/content-keys';
import {
  accessStreams,
  AgreementState,
  agreementTermAt,
  OrganizationState,
  validatorOf,
} from '@registry/contracts';
import { EVENT_STORE, RevisionConflict, type EventStore } from '@registry/event-store';
import { derivedEventId } from '@registry/messaging';
import { MN_EXCHANGE_1 } from '@registry/privacy-gate';
import type { CampaignAcceptedData, CampaignEntry } from '@registry/reminders-domain';
import { CLOCK, type Clock } from '@registry/runtime';
import type { SubmitCampaignDto } from './campaign.dto.js';

export const campaignStream = (campaignId: string): string => `campaign-${campaignId}`;

export class SubmitCampaign {
  constructor(
    readonly campaignId: string,
    readonly body: SubmitCampaignDto,
    readonly caller: Caller,
  ) {}
}

/** How many entries were accepted for processing: all of them. Whom a reminder reaches is not told, by numbers either. */
export interface CampaignReceipt {
  readonly campaignId: string;
  readonly accepted: number;
}

export class CampaignError extends Error {
  constructor(readonly code: 'REMINDER.PURPOSE_NOT_AGREED' | 'IDEMPOTENCY.KEY_REUSED') {
    super(code);
  }
}

const readOrganization = validatorOf('OrganizationState', OrganizationState);
const readAgreement = validatorOf('AgreementState', AgreementState);

@CommandHandler(SubmitCampaign)
export class SubmitCampaignHandler implements ICommandHandler<SubmitCampaign, CampaignReceipt> {
  constructor(
    @Inject(EVENT_STORE) private readonly store: EventStore,
    @Inject(CONTENT_KEYS) private readonly contentKeys: ContentKeys,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** A list submitted again is answered as the first time. @throws CampaignError */
  async execute({ campaignId, body, caller }: SubmitCampaign): Promise<CampaignReceipt> {
    const { organizationId, clientId, userId } = caller;
    const receivedAt = this.clock.now().toISOString();
    await this.assertPurpose(organizationId, receivedAt);
    const stream = campaignStream(campaignId);
    // Whoever comes second under this id gets the first one's key, and with it the same digest of the same list.
    const key = await this.contentKeys.put(stream, newContentKey()).catch(ifDestroyed);
    // Worked off: what the list said is gone, and with it the digest that another list would differ from.
    if (key === undefined) return { campaignId, accepted: await this.acceptedBefore(stream) };
    const text = JSON.stringify(body.entries.map(entryOf));
    const data: CampaignAcceptedData = {
      organizationId,
      clientId,
      ...(userId === undefined ? {} : { userId }),
      accepted: body.entries.length,
      sealed: seal(key, stream, text),
      digest: digest(key, text),
      receivedAt,
    };
    try {
      await this.store.append(stream, 'none', [
        {
          id: derivedEventId('reminders-campaign', campaignId, data.digest),
          type: 'CampaignAccepted',
          data,
          metadata: { schemaVersion: 1, actor: clientId },
        },
      ]);
    } catch (error) {
      if (!(error instanceof RevisionConflict)) throw error;
      const [first] = await this.store.read(stream, { limit: 1 });
      if (first?.data['digest'] !== data.digest) throw new CampaignError('IDEMPOTENCY.KEY_REUSED');
    }
    return { campaignId, accepted: data.accepted };
  }

  private async acceptedBefore(stream: string): Promise<number> {
    const [first] = await this.store.read(stream, { limit: 1 });
    return Number(first?.data['accepted']);
  }

  /** Whether the agency reminds at all. Whether it may remind a person is decided at sending. */
  private async assertPurpose(organizationId: string, at: string): Promise<void> {
    const [organization, agreement] = await this.store.heads([
      accessStreams.organization(organizationId),
      accessStreams.agreement(organizationId),
    ]);
    const category = organization && readOrganization(organization.data['state']).category;
    const term = agreement && agreementTermAt(readAgreement(agreement.data['state']), at);
    const isInForce =
      term !== undefined &&
      Date.parse(term.startsAt) <= Date.parse(at) &&
      Date.parse(at) < Date.parse(term.endsAt);
    if (
      category === undefined ||
      !MN_EXCHANGE_1.purposes[category].includes('reminder') ||
      !isInForce ||
      !term.purposes.includes('reminder')
    )
      throw new CampaignError('REMINDER.PURPOSE_NOT_AGREED');
  }
}

const ifDestroyed = (error: unknown): undefined => {
  if (!(error instanceof KeyDestroyed)) throw error;
};

/** In one order of fields, whatever the body's. */
const entryOf = ({ registryId, vaccine, dueOn, kind, channel, email }: CampaignEntry): CampaignEntry => ({
  registryId,
  vaccine,
  dueOn,
  kind,
  channel,
  ...(email === undefined ? {} : { email }),
});
