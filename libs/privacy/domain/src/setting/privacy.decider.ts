import { assertNever, PrivacyError } from '../privacy-error.js';
import type { PrivacyCommand } from './privacy.commands.js';
import type { SettingEvent, SettingEventData, SettingEventType } from './privacy.events.js';
import { changed, meet, OPEN_SETTING, sameSetting, tightens, type SettingChange } from './privacy-setting.js';
import type { OpenedPrivacy, PrivacyState } from './privacy.state.js';
import { tightensReview } from './review.js';

/**
 * @throws PrivacyError `PRIVACY.NOT_OPENED`: a setting is changed only where a person exists; `PRIVACY.FOLLOWS`: at the survivor;
 * `PRIVACY.LOOSENING_NOT_ALLOWED`
 */
export const decidePrivacy = (command: PrivacyCommand, state: PrivacyState): SettingEvent[] => {
  switch (command.type) {
    case 'OpenPrivacy': {
      if (state.status !== 'unopened') return [];
      const { cause, review } = command;
      return [
        {
          type: 'PrivacyOpened',
          data: {
            setting: OPEN_SETTING,
            previousSettingRevision: null,
            cause,
            ...(review === undefined ? {} : { review }),
          },
        },
      ];
    }
    case 'ChangeSetting': {
      const opened = openedOnly(state);
      const setting = changed(opened.setting, command.change);
      if (sameSetting(setting, opened.setting)) return [];
      if (command.mayLoosen === false && !tightens(opened.setting, setting)) {
        throw new PrivacyError('PRIVACY.LOOSENING_NOT_ALLOWED');
      }
      const { change, cause, times } = command;
      const data = { ...next(opened), setting, cause, change, ...(times === undefined ? {} : { times }) };
      return [{ type: eventOf(change, opened.setting.lock.kind !== 'none'), data }];
    }
    case 'TightenReview': {
      const opened = openedOnly(state);
      const { review, cause } = command;
      if (opened.review === undefined || !tightensReview(opened.review, review)) return [];
      return [{ type: 'ReviewTightened', data: { ...next(opened), review, cause } }];
    }
    case 'EndReview': {
      const opened = openedOnly(state);
      if (opened.review === undefined) return [];
      const { review: _ended, ...rest } = next(opened);
      return [{ type: 'ReviewEnded', data: { ...rest, cause: command.cause } }];
    }
    case 'MeetSetting': {
      const opened = openedOnly(state);
      const setting = meet(opened.setting, command.other);
      return [{ type: 'PersonsMerged', data: { ...next(opened), setting, cause: command.cause } }];
    }
    case 'LeaveMerge': {
      const opened = openedOnly(state);
      const { setting, linksRevision, cause } = command;
      return [{ type: 'PersonsUnmerged', data: { ...next(opened), setting, linksRevision, cause } }];
    }
    case 'RestoreSetting': {
      // It stands for itself already: a repeat.
      if (state.status !== 'follows') return [];
      const { setting, linksRevision, cause, previousSettingRevision } = command;
      return [{ type: 'SettingRestored', data: { setting, linksRevision, cause, previousSettingRevision } }];
    }
    default:
      return assertNever(command);
  }
};

const openedOnly = (state: PrivacyState): OpenedPrivacy => {
  if (state.status === 'opened') return state;
  throw new PrivacyError(state.status === 'follows' ? 'PRIVACY.FOLLOWS' : 'PRIVACY.NOT_OPENED');
};

/** What the next setting event repeats of the state. */
const next = ({
  setting,
  settingRevision,
  review,
  linksRevision,
}: OpenedPrivacy): Omit<SettingEventData, 'cause'> => ({
  setting,
  previousSettingRevision: settingRevision,
  ...(review === undefined ? {} : { review }),
  ...(linksRevision === undefined ? {} : { linksRevision }),
});

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
    case 'stop-messages':
      return 'MessagesStopped';
    default:
      return assertNever(change);
  }
};
