import { assertNever, PrivacyError } from '../privacy-error.js';
import type { PrivacyCommand } from './privacy.commands.js';
import type { SettingEvent, SettingEventType } from './privacy.events.js';
import { changed, OPEN_SETTING, sameSetting, type SettingChange } from './privacy-setting.js';
import type { PrivacyState } from './privacy.state.js';

/** @throws PrivacyError `PRIVACY.NOT_OPENED`: a setting is changed only where a person exists */
export const decidePrivacy = (command: PrivacyCommand, state: PrivacyState): SettingEvent[] => {
  switch (command.type) {
    case 'OpenPrivacy':
      if (state.status === 'opened') return [];
      return [
        {
          type: 'PrivacyOpened',
          data: { setting: OPEN_SETTING, previousSettingRevision: null, cause: command.cause },
        },
      ];
    case 'ChangeSetting': {
      if (state.status === 'unopened') throw new PrivacyError('PRIVACY.NOT_OPENED');
      const setting = changed(state.setting, command.change);
      if (sameSetting(setting, state.setting)) return [];
      return [
        {
          type: eventOf(command.change, state.setting.lock.kind !== 'none'),
          data: { setting, previousSettingRevision: state.settingRevision, cause: command.cause },
        },
      ];
    }
    default:
      return assertNever(command);
  }
};

const eventOf = (change: SettingChange, wasLocked: boolean): SettingEventType => {
  switch (change.kind) {
    case 'lock':
    case 're-lock':
      // Re-lock drops the earlier holder in the same event (DOMAIN 3.2).
      return wasLocked ? 'RecordRelocked' : 'RecordLocked';
    case 'unlock':
      return 'RecordUnlocked';
    case 'opt-out':
      return 'OptedOut';
    case 'opt-in':
      return 'OptedIn';
    case 'decline-reminders':
      return 'RemindersDeclined';
    case 'accept-reminders':
      return 'RemindersAccepted';
    default:
      return assertNever(change);
  }
};
