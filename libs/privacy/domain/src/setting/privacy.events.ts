import type { PrivacySetting, SettingChange } from './privacy-setting.js';
import type { Review } from './review.js';

/**
 * Events of `privacy-<personId>`. A setting event carries the full resulting setting and the revision of the setting
 * event before it; every other event carries `settingRevision`. So the setting in force at any head is at most
 * two reads away (DESIGN.md, The release gate, 2).
 */
export type PrivacyEvent = SettingEvent | FollowingEvent | DisclosureEvent | CustodialEvent;

export const SETTING_EVENT_TYPES = [
  'PrivacyOpened',
  'RecordLocked',
  'RecordRelocked',
  'RecordUnlocked',
  'OptedOut',
  'OptedIn',
  'RemindersDeclined',
  'RemindersAccepted',
  'MessagesStopped',
  /** It may be somebody known, and more is known of that: fewer may see it until it is reviewed. */
  'ReviewTightened',
  'ReviewEnded',
  /** Of the survivor: from here on the setting is the meet of both. */
  'PersonsMerged',
  /** Of the survivor, after the links of the two are apart again. */
  'PersonsUnmerged',
  /** Of the other: it no longer follows the survivor. */
  'SettingRestored',
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
  /** The person may be somebody known; absent: no review is open. Full, as the setting is: repeated by each event until it ends. */
  readonly review?: Review;
  /**
   * Revision of `identity-decisions` that a record must reflect to be released: after an un-merge one folded before it would
   * show the other's. Repeated by each later event.
   */
  readonly linksRevision?: number;
  /** What was asked for; absent in events that no change of a person's own made, and in the first ones. */
  readonly change?: SettingChange;
  /** Absent in the first events. `recorded` is the event's own. */
  readonly times?: SettingTimes;
};

/** ISO-8601 UTC, but for `signed`, a legal day `YYYY-MM-DD`. */
export type SettingTimes = {
  readonly signed?: string;
  readonly received: string;
  /** From when no disclosure that the setting forbids is committed. */
  readonly effective: string;
};

/** Why the setting is as it is. */
export type SettingCause =
  | { readonly kind: 'registration' }
  | RequestCause
  /** PD1 of a message (DOMAIN 3.6). */
  | {
      readonly kind: 'signal';
      readonly submissionId: string;
      readonly organizationId: string;
      readonly clientId: string;
      /** Field and value, such as `PD1-12:Y`. */
      readonly signal: string;
    }
  | MergeCause
  | UnmergeCause
  | { readonly kind: 'review'; readonly reviewId: string }
  /** A person whom this one may be has locked or opted out since. */
  | { readonly kind: 'candidate-setting' };

export type MergeCause = {
  readonly kind: 'merge';
  readonly mergeId: string;
  readonly survivorId: string;
  readonly absorbedId: string;
  /** The absorbed person's setting, which the survivor's is the meet with. */
  readonly other: PrivacySetting;
};

export type UnmergeCause = {
  readonly kind: 'unmerge';
  readonly mergeId: string;
  readonly survivorId: string;
  readonly absorbedId: string;
  /** Of `SettingRestored`: what was asked for while merged and holds for this person, too. */
  readonly since?: readonly AskedChange[];
};

export type AskedChange = {
  readonly change: SettingChange;
  /** As in `RequestCause`. */
  readonly verifiedFor?: string;
};

export type RequestCause = {
  readonly kind: 'request';
  readonly requestId: string;
  /** Who approved: a user of the staff, or the client if it acts for none. */
  readonly approvedBy: string;
  /** ISO-8601 UTC. */
  readonly receivedAt: string;
  /** Who asked, as a keyed hash of name and capacity: tells whether a loosening comes from who tightened (DOMAIN 4.2). */
  readonly requester?: string;
  /**
   * The part of a merged person whom the requester was verified for: a loosening goes to that part alone at un-merge (DOMAIN 3.5). Absent:
   * not merged then, or it could be either.
   */
  readonly verifiedFor?: string;
};

/** Ends a stream: whoever reads it goes on at the survivor's. Merging that one too repeats it with the new survivor. */
export interface FollowingEvent {
  readonly type: 'SettingFollows';
  readonly data: SettingFollowsData;
}

export type SettingFollowsData = {
  readonly settingRevision: number;
  readonly survivorId: string;
  readonly mergeId: string;
  /** It was held as perhaps the survivor, who has opted out: its submissions are to be suppressed (DOMAIN 3.4). */
  readonly discard?: boolean;
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
  /** ISO-8601 UTC: the time that agreement and relationship were in force at; `recordedAt` may be about a second later. */
  readonly decidedAt: string;
  /** The person merged into this one whom the organization serves; absent: this one. */
  readonly knownAs?: string;
  /** The part of this person whose id the answer carried; absent: that of the relationship. */
  readonly answeredAs?: string;
  /** Heads that the decision was made on, so that it can be made again later. */
  readonly decidedOn: readonly { readonly stream: string; readonly revision: number }[];
};

export type DisclosureAbortedData = {
  readonly settingRevision: number;
  readonly inquiryId: string;
  readonly reason: 'late';
};

/** Staff at a custodial task, and the person's own eyes: neither is a disclosure to others, both are in the history (DOMAIN 2.5, 4.4). */
export type CustodialEvent =
  | { readonly type: 'RecordHandled'; readonly data: RecordHandledData }
  | { readonly type: 'OwnRecordViewed'; readonly data: OwnRecordViewedData };

export const CUSTODIAL_TASKS = ['request-handling', 'match-review'] as const;
export type CustodialTask = (typeof CUSTODIAL_TASKS)[number];

export type RecordHandledData = {
  readonly settingRevision: number;
  readonly task: CustodialTask;
  readonly taskId: string;
  readonly clientId: string;
  readonly userId?: string;
  readonly fields: readonly string[];
};

export type OwnRecordViewedData = {
  readonly settingRevision: number;
  /** The access that was given after an identity proof. */
  readonly accessId: string;
  readonly capacity: string;
  /** What was looked at, such as `record`. */
  readonly part: string;
};

export const isSettingEventType = (type: string): type is SettingEventType =>
  (SETTING_EVENT_TYPES as readonly string[]).includes(type);
