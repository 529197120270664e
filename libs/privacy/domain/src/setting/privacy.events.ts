import type { PrivacySetting } from './privacy-setting.js';

/**
 * Events of `privacy-<personId>`. A setting event carries the full resulting setting and the revision of the setting
 * event before it; every other event carries `settingRevision`. So the setting in force at any head is at most
 * two reads away (DESIGN.md, The release gate, 2).
 */
export type PrivacyEvent = SettingEvent | DisclosureEvent;

export const SETTING_EVENT_TYPES = [
  'PrivacyOpened',
  'RecordLocked',
  'RecordRelocked',
  'RecordUnlocked',
  'OptedOut',
  'OptedIn',
  'RemindersDeclined',
  'RemindersAccepted',
] as const;
export type SettingEventType = (typeof SETTING_EVENT_TYPES)[number];

export interface SettingEvent {
  readonly type: SettingEventType;
  readonly data: SettingEventData;
}

export type SettingEventData = {
  readonly setting: PrivacySetting;
  readonly previousSettingRevision: number | null;
  readonly cause: SettingCause;
};

/** Why the setting is as it is: the person came into being, or somebody asked. */
export type SettingCause =
  | { readonly kind: 'registration' }
  | {
      readonly kind: 'request';
      readonly requestId: string;
      /** The client that approved. */
      readonly approvedBy: string;
      /** ISO-8601 UTC. */
      readonly receivedAt: string;
    };

export type DisclosureEvent =
  | { readonly type: 'RecordDisclosed'; readonly data: RecordDisclosedData }
  | { readonly type: 'DisclosureAborted'; readonly data: DisclosureAbortedData };

export type RecordDisclosedData = {
  readonly settingRevision: number;
  /** The entry of the client's inquiry journal that this answers. */
  readonly inquiryId: string;
  readonly clientId: string;
  readonly organizationId: string;
  /** The user for whom the client acted; absent: it acted for nobody, or the event is from before users were recorded. */
  readonly userId?: string;
  readonly purpose: string;
  readonly policy: string;
  readonly fields: readonly string[];
  /** ISO-8601 UTC: the time that agreement and relationship were in force at; `recordedAt` may be up to a second later. */
  readonly decidedAt: string;
  /** Heads that the decision was made on, so that it can be made again later. */
  readonly decidedOn: readonly { readonly stream: string; readonly revision: number }[];
};

export type DisclosureAbortedData = {
  readonly settingRevision: number;
  readonly inquiryId: string;
  readonly reason: 'late';
};

export const isSettingEventType = (type: string): type is SettingEventType =>
  (SETTING_EVENT_TYPES as readonly string[]).includes(type);
