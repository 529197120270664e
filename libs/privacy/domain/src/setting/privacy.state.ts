import { assertNever } from '../privacy-error.js';
import type { PrivacySetting } from './privacy-setting.js';
import { isSettingEventType, type PrivacyEvent, type SettingEvent } from './privacy.events.js';

export type PrivacyState =
  | { readonly status: 'unopened' }
  | {
      readonly status: 'opened';
      readonly setting: PrivacySetting;
      /** Revision of the event that made this setting. */
      readonly settingRevision: number;
    };

export const initialPrivacyState: PrivacyState = { status: 'unopened' };

/** @param revision the event's revision in the privacy stream */
export const evolvePrivacy = (state: PrivacyState, event: PrivacyEvent, revision: number): PrivacyState => {
  if (isSettingEvent(event)) {
    return { status: 'opened', setting: event.data.setting, settingRevision: revision };
  }
  switch (event.type) {
    case 'RecordDisclosed':
    case 'DisclosureAborted':
      return state;
    default:
      return assertNever(event);
  }
};

const isSettingEvent = (event: PrivacyEvent): event is SettingEvent => isSettingEventType(event.type);
