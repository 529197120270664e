import { readContractEvent } from '@registry/contracts';
import { reactor, type Consumer, type ConsumerTrouble, type Messaging } from '@registry/messaging';
import type { ReadModel } from '@registry/persistence';
import { mergeSettings, type MergeParts } from './merge-settings.js';
import { unmergeSettings } from './unmerge-settings.js';

export interface MergeReactorParts extends MergeParts {
  readonly messaging: Messaging;
  readonly readModel: ReadModel;
  readonly onTrouble: (trouble: ConsumerTrouble) => void;
}

/** Merges settings before identity merges links, and parts them after identity has parted links. */
export const mergeReactor = ({ messaging, readModel, onTrouble, ...parts }: MergeReactorParts): Consumer =>
  reactor(messaging, {
    group: 'privacy-merge',
    topics: ['identity.reviews.v1', 'identity.decisions.v1'],
    readModel,
    onTrouble,
    react: async ({ topic, event: delivered }) => {
      if (topic === 'identity.reviews.v1') {
        const event = readContractEvent(topic, delivered);
        if (event.type === 'MergeDecided') await mergeSettings(parts, event.data, event.id, event.recordedAt);
        return;
      }
      const event = readContractEvent('identity.decisions.v1', delivered);
      if (event.type === 'PersonsUnmerged')
        await unmergeSettings(parts, event.data, event.revision, event.id);
    },
  });
