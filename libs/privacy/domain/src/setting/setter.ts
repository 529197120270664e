import { changed, sameSetting, tightens, type SettingChange } from './privacy-setting.js';
import type { SettingEvent } from './privacy.events.js';

/** Which part of a setting a change is about. */
const PART_OF: Readonly<Record<SettingChange['kind'], 'lock' | 'opt-out' | 'messages'>> = {
  lock: 'lock',
  're-lock': 'lock',
  unlock: 'lock',
  'opt-out': 'opt-out',
  'opt-in': 'opt-out',
  'decline-reminders': 'messages',
  'accept-reminders': 'messages',
  'stop-messages': 'messages',
};

/**
 * Who set what a change would loosen (DOMAIN 4.2): the requester of the last request about that part of the setting, as the keyed hash
 * that the event has. Undefined: the change loosens nothing, or nobody who is known set it.
 *
 * @param history the person's setting events, oldest first
 */
export const setterOf = (history: readonly SettingEvent[], change: SettingChange): string | undefined => {
  const present = history.at(-1)?.data.setting;
  if (present === undefined) return undefined;
  const after = changed(present, change);
  if (sameSetting(present, after) || tightens(present, after)) return undefined;
  const setting = history.findLast(
    ({ data }) => data.change !== undefined && PART_OF[data.change.kind] === PART_OF[change.kind],
  );
  return setting?.data.cause.kind === 'request' ? setting.data.cause.requester : undefined;
};
