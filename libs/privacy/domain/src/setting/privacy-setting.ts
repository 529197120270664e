import { assertNever } from '../privacy-error.js';

/**
 * A person's privacy setting (DOMAIN 3). Viewers: everyone permitted ⊃ only X ⊃ nobody; an opt-out hides from all.
 */
export type PrivacySetting = {
  readonly lock: Lock;
  readonly optedOut: boolean;
  /** Sorted, without repeats. Declined reminders = `recall` and `reminder`. */
  readonly stopped: readonly StoppedMessage[];
};

export type Lock =
  | { readonly kind: 'none' }
  | { readonly kind: 'only'; readonly organizationId: string }
  | { readonly kind: 'nobody' };

export const STOPPABLE = ['call', 'message', 'recall', 'reminder'] as const;
export type StoppedMessage = (typeof STOPPABLE)[number];

export const OPEN_SETTING: PrivacySetting = { lock: { kind: 'none' }, optedOut: false, stopped: [] };

const DECLINED: readonly StoppedMessage[] = ['recall', 'reminder'];

/** What a person may ask for. A lock names the provider organization that alone keeps seeing the record. */
export type SettingChange =
  | { readonly kind: 'lock' | 're-lock'; readonly organizationId: string }
  | { readonly kind: 'unlock' | 'opt-out' | 'opt-in' | 'decline-reminders' | 'accept-reminders' };

/** The setting after the change; equal to the one before when the change is already in force. */
export const changed = (setting: PrivacySetting, change: SettingChange): PrivacySetting => {
  switch (change.kind) {
    case 'lock':
    case 're-lock':
      return { ...setting, lock: { kind: 'only', organizationId: change.organizationId } };
    case 'unlock':
      return { ...setting, lock: { kind: 'none' } };
    case 'opt-out':
      return { ...setting, optedOut: true };
    case 'opt-in':
      // An earlier lock stands: opting in ends the opt-out and nothing else.
      return { ...setting, optedOut: false };
    case 'decline-reminders':
      return { ...setting, stopped: sorted([...setting.stopped, ...DECLINED]) };
    case 'accept-reminders':
      return { ...setting, stopped: setting.stopped.filter((message) => !DECLINED.includes(message)) };
    default:
      return assertNever(change);
  }
};

/** May this organization see the record, as far as the person's own setting goes? */
export const allowsViewer = (setting: PrivacySetting, organizationId: string): boolean => {
  if (setting.optedOut) return false;
  switch (setting.lock.kind) {
    case 'none':
      return true;
    case 'only':
      return setting.lock.organizationId === organizationId;
    case 'nobody':
      return false;
    default:
      return assertNever(setting.lock);
  }
};

/** The strictest of each component: what a merge gives (DOMAIN 3.5). */
export const meet = (a: PrivacySetting, b: PrivacySetting): PrivacySetting => ({
  lock: meetOfLocks(a.lock, b.lock),
  optedOut: a.optedOut || b.optedOut,
  stopped: sorted([...a.stopped, ...b.stopped]),
});

export const sameSetting = (a: PrivacySetting, b: PrivacySetting): boolean =>
  sameLock(a.lock, b.lock) &&
  a.optedOut === b.optedOut &&
  a.stopped.length === b.stopped.length &&
  a.stopped.every((message, index) => message === b.stopped[index]);

/** True if `after` lets strictly fewer see or write than `before`; any other change counts as loosening. */
export const tightens = (before: PrivacySetting, after: PrivacySetting): boolean =>
  !sameSetting(before, after) && sameSetting(meet(before, after), after);

const meetOfLocks = (a: Lock, b: Lock): Lock => {
  if (a.kind === 'none') return b;
  if (b.kind === 'none' || sameLock(a, b)) return a;
  return { kind: 'nobody' };
};

const sameLock = (a: Lock, b: Lock): boolean =>
  a.kind === 'only' && b.kind === 'only' ? a.organizationId === b.organizationId : a.kind === b.kind;

const sorted = (messages: readonly StoppedMessage[]): StoppedMessage[] => [...new Set(messages)].sort();
