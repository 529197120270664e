import type { ContractEvent, PrivacySettingChanged } from '@registry/contracts';
import type { RecordedEvent } from '@registry/event-store';
import { isSettingEventType, type SettingEventData } from '@registry/privacy-domain';
import type { TopicDeclaration } from '@registry/messaging';

const PREFIX = 'privacy-';

/** Setting events only: disclosures never leave the store. */
export const settingTopic: TopicDeclaration = {
  topic: 'privacy.settings.v1',
  categories: ['privacy'],
  toContract: (recorded: RecordedEvent): ContractEvent | undefined => {
    if (!isSettingEventType(recorded.type) || !recorded.stream.startsWith(PREFIX)) return undefined;
    const { setting, previousSettingRevision } = recorded.data as unknown as SettingEventData;
    const personId = recorded.stream.slice(PREFIX.length);
    const data: PrivacySettingChanged = {
      personId,
      settingRevision: recorded.revision,
      previousSettingRevision,
      setting: { ...setting, stopped: [...setting.stopped] },
    };
    const { id, revision, position, recordedAt } = recorded;
    return { id, type: 'PrivacySettingChanged', key: personId, revision, position, recordedAt, data };
  },
};
