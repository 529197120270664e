import { assertNever } from '../privacy-error.js';
import type { PrivacySetting } from './privacy-setting.js';
import {
  isSettingEventType,
  type PrivacyEvent,
  type SettingEvent,
  type SettingEventData,
} from './privacy.events.js';
import type { Review } from './review.js';

export type PrivacyState = UnopenedPrivacy | OpenedPrivacy | FollowingPrivacy;

export interface UnopenedPrivacy {
  readonly status: 'unopened';
}

export interface OpenedPrivacy {
  readonly status: 'opened';
  readonly setting: PrivacySetting;
  /** Revision of the event that made this setting. */
  readonly settingRevision: number;
  readonly review?: Review;
  readonly linksRevision?: number;
}

/** Merged into another person: that one's setting counts. */
export interface FollowingPrivacy {
  readonly status: 'follows';
  readonly survivorId: string;
  readonly mergeId: string;
  /** Of the last setting of its own. */
  readonly settingRevision: number;
}

export const initialPrivacyState: PrivacyState = { status: 'unopened' };

/** @param revision the event's revision in the privacy stream */
export const evolvePrivacy = (state: PrivacyState, event: PrivacyEvent, revision: number): PrivacyState => {
  if (isSettingEvent(event)) return openedBy(event.data, revision);
  switch (event.type) {
    case 'SettingFollows': {
      const { survivorId, mergeId, settingRevision } = event.data;
      return { status: 'follows', survivorId, mergeId, settingRevision };
    }
    case 'RecordDisclosed':
    case 'DisclosureAborted':
    case 'RecordHandled':
    case 'OwnRecordViewed':
      return state;
    default:
      return assertNever(event);
  }
};

/** The state that a setting event leaves: it carries all of it. */
export const openedBy = (
  { setting, review, linksRevision }: Pick<SettingEventData, 'setting' | 'review' | 'linksRevision'>,
  settingRevision: number,
): OpenedPrivacy => ({
  status: 'opened',
  setting,
  settingRevision,
  ...(review === undefined ? {} : { review }),
  ...(linksRevision === undefined ? {} : { linksRevision }),
});

const isSettingEvent = (event: PrivacyEvent): event is SettingEvent => isSettingEventType(event.type);
