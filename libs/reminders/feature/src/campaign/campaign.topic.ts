import type { CampaignAccepted, ContractEvent } from '@registry/contracts';
import type { RecordedEvent } from '@registry/event-store';
import type { TopicDeclaration } from '@registry/messaging';
import type { CampaignAcceptedData } from '@registry/reminders-domain';

const PREFIX = 'campaign-';

/** Due lists to be worked off; whom they name stays sealed. */
export const campaignTopic: TopicDeclaration = {
  topic: 'reminders.campaigns.v1',
  categories: ['campaign'],
  toContract: (recorded: RecordedEvent): ContractEvent | undefined => {
    if (recorded.type !== 'CampaignAccepted') return undefined;
    const campaignId = recorded.stream.slice(PREFIX.length);
    const { organizationId, clientId, userId, sealed } = recorded.data as unknown as CampaignAcceptedData;
    const { id, type, revision, position, recordedAt } = recorded;
    const data: CampaignAccepted = {
      campaignId,
      organizationId,
      clientId,
      ...(userId === undefined ? {} : { userId }),
      sealed,
    };
    return { id, type, key: campaignId, revision, position, recordedAt, data };
  },
};
