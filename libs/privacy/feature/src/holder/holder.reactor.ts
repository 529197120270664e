import { readContractEvent } from '@registry/contracts';
import { reactor, type Consumer, type ConsumerTrouble, type Messaging } from '@registry/messaging';
import type { ReadModel } from '@registry/persistence';
import type { HolderTrouble } from './holder-trouble.js';

/**
 * Brings locks and what becomes of their holders together. A lock is entered in the holder's journal before the holder is looked at, and a
 * closing stands before the journal is read: whichever came first, one of the two sees the other.
 */
export const holderReactor = (
  holders: HolderTrouble,
  messaging: Messaging,
  readModel: ReadModel,
  onTrouble: (trouble: ConsumerTrouble) => void,
): Consumer =>
  reactor(messaging, {
    group: 'privacy-holders',
    topics: ['privacy.settings.v1', 'directory.access.v1'],
    readModel,
    onTrouble,
    react: async ({ topic, event: delivered }) => {
      if (topic === 'privacy.settings.v1') {
        const event = readContractEvent(topic, delivered);
        if (event.type !== 'PrivacySettingChanged') return;
        const { personId, setting } = event.data;
        if (setting.lock.kind === 'only') await holders.lookAtLock(personId, setting.lock);
        return;
      }
      const event = readContractEvent('directory.access.v1', delivered);
      switch (event.type) {
        case 'OrganizationChanged':
          if (event.data.state.status !== 'active')
            await holders.lookAtHolder(event.data.state.organizationId);
          return;
        case 'SiteChanged':
          if (event.data.state.status === 'closed')
            await holders.lookAtHolder(event.data.state.organizationId);
          return;
        case 'AgreementChanged':
          // Ended before its time, as a rule; one that runs out is found by the sweep.
          await holders.lookAtHolder(event.data.state.organizationId);
          return;
        case 'ClientChanged':
        case 'UserChanged':
          return;
      }
    },
  });
