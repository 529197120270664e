import { DestructionPending, open, type ContentKeys } from '@registry/content-keys';
import { readContractEvent } from '@registry/contracts';
import { reactor, type Consumer, type ConsumerTrouble, type Messaging } from '@registry/messaging';
import type { ReadModel } from '@registry/persistence';
import type { CampaignEntry } from '@registry/reminders-domain';
import { campaignStream } from '../campaign/campaign.handler.js';
import { personOf } from '../relationship/registry-ids.js';
import type { ReminderSender } from './reminder-sender.js';

export interface SendingParts {
  readonly sender: ReminderSender;
  readonly contentKeys: ContentKeys;
  readonly messaging: Messaging;
  readonly readModel: ReadModel;
  /** Have all relationships that there are been projected? */
  readonly knowsAll: () => boolean;
  readonly onTrouble: (trouble: ConsumerTrouble) => void;
}

/**
 * Works off due lists, entry by entry; different lists side by side. A list that comes again sends nothing twice; once worked off, nobody can
 * read it any more.
 */
export const sendingReactor = ({
  sender,
  contentKeys,
  messaging,
  readModel,
  knowsAll,
  onTrouble,
}: SendingParts): Consumer =>
  reactor(messaging, {
    group: 'reminders-sending',
    topics: ['reminders.campaigns.v1'],
    readModel,
    onTrouble,
    react: async ({ event: delivered }) => {
      const { data } = readContractEvent('reminders.campaigns.v1', delivered);
      const { campaignId, organizationId, clientId, userId, sealed } = data;
      const keyId = campaignStream(campaignId);
      const key = (await contentKeys.getMany([keyId])).get(keyId);
      // Destroyed: it was worked off.
      if (key === undefined) return;
      const entries = JSON.parse(open(key, keyId, sealed).toString('utf8')) as CampaignEntry[];
      for (const [place, entry] of entries.entries()) {
        const personId = await personOf(readModel, organizationId, entry.registryId);
        // An id of nobody: nothing follows, as for one who may not be reminded.
        if (personId === undefined && !knowsAll()) throw new RelationshipsAwaited();
        if (personId === undefined) continue;
        await sender.send({ campaignId, place, organizationId, clientId, userId, personId, entry });
      }
      await contentKeys.destroy([keyId]).catch((error: unknown) => {
        // A reader holds old pages: the key is unreadable already, and the rest is made up for.
        if (!(error instanceof DestructionPending)) throw error;
      });
    },
  });

/** Relationships are still being projected: the message comes again. */
export class RelationshipsAwaited extends Error {
  readonly code = 'READ_MODEL.RELATIONSHIPS_AWAITED';
}
