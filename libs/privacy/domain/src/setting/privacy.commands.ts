import type { PrivacySetting, SettingChange } from './privacy-setting.js';
import type { SettingCause, SettingTimes } from './privacy.events.js';
import type { Review } from './review.js';

export type PrivacyCommand =
  | {
      readonly type: 'OpenPrivacy';
      readonly cause: SettingCause;
      /** It may be somebody known. */
      readonly review?: Review;
    }
  | {
      readonly type: 'ChangeSetting';
      readonly change: SettingChange;
      readonly cause: SettingCause;
      readonly times?: SettingTimes;
      /** False: a change that does not only tighten is refused (an electronic signal, a change that only one of the staff approved). Default true. */
      readonly mayLoosen?: boolean;
    }
  | { readonly type: 'TightenReview'; readonly review: Review; readonly cause: SettingCause }
  | { readonly type: 'EndReview'; readonly cause: SettingCause }
  /** To the survivor of a merge. */
  | { readonly type: 'MeetSetting'; readonly other: PrivacySetting; readonly cause: SettingCause }
  /** To the survivor, after an un-merge. */
  | {
      readonly type: 'LeaveMerge';
      readonly setting: PrivacySetting;
      readonly linksRevision: number;
      readonly cause: SettingCause;
    }
  /** To the other, which follows the survivor until then. */
  | {
      readonly type: 'RestoreSetting';
      readonly setting: PrivacySetting;
      readonly linksRevision: number;
      readonly cause: SettingCause;
      readonly previousSettingRevision: number;
    };
