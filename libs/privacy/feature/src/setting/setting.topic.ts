import type { ContractEvent, PersonFollows, PrivacySettingChanged } from '@registry/contracts';
import type { RecordedEvent } from '@registry/event-store';
import {
  isSettingEventType,
  type Review,
  type SettingEventData,
  type SettingFollowsData,
} from '@registry/privacy-domain';
import type { TopicDeclaration } from '@registry/messaging';

const PREFIX = 'privacy-';

/** Settings, and who follows whom: disclosures never leave the store. */
export const settingTopic: TopicDeclaration = {
  topic: 'privacy.settings.v1',
  categories: ['privacy'],
  toContract: (recorded: RecordedEvent): ContractEvent | undefined => {
    if (!recorded.stream.startsWith(PREFIX)) return undefined;
    const personId = recorded.stream.slice(PREFIX.length);
    const { id, revision, position, recordedAt } = recorded;
    const envelope = { id, key: personId, revision, position, recordedAt };
    if (recorded.type === 'SettingFollows') {
      const { mergeId, survivorId, discard } = recorded.data as unknown as SettingFollowsData;
      const data: PersonFollows = {
        mergeId,
        absorbedId: personId,
        survivorId,
        ...(discard === undefined ? {} : { discard }),
      };
      return { ...envelope, type: 'PersonFollows', data };
    }
    if (!isSettingEventType(recorded.type)) return undefined;
    const { setting, previousSettingRevision, review } = recorded.data as unknown as SettingEventData;
    const data: PrivacySettingChanged = {
      personId,
      settingRevision: recorded.revision,
      previousSettingRevision,
      setting: { ...setting, stopped: [...setting.stopped] },
      ...(review === undefined ? {} : { review: published(review) }),
    };
    return { ...envelope, type: 'PrivacySettingChanged', data };
  },
};

const published = (review: Review) => ({ ...review, candidates: [...review.candidates] });
