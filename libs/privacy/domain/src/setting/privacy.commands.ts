import type { SettingChange } from './privacy-setting.js';
import type { SettingCause } from './privacy.events.js';

export type PrivacyCommand =
  | { readonly type: 'OpenPrivacy'; readonly cause: SettingCause }
  | { readonly type: 'ChangeSetting'; readonly change: SettingChange; readonly cause: SettingCause };
