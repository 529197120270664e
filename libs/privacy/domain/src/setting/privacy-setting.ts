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
  /** The holder: a provider organization, or one site of it. */
  | ({ readonly kind: 'only' } & Holder)
  | { readonly kind: 'nobody' };

export type Holder = {
  readonly organizationId: string;
  /** Code of the one site that keeps seeing the record; absent: the whole organization does. */
  readonly siteCode?: string;
};

/** Who looks: an organization, by a client that serves some of its sites or (without any) the organization as a whole. */
export interface Viewer {
  readonly organizationId: string;
  readonly siteCodes?: readonly string[];
}

export const STOPPABLE = ['call', 'message', 'recall', 'reminder'] as const;
export type StoppedMessage = (typeof STOPPABLE)[number];

export const OPEN_SETTING: PrivacySetting = { lock: { kind: 'none' }, optedOut: false, stopped: [] };

const DECLINED: readonly StoppedMessage[] = ['recall', 'reminder'];

/** What a person may ask for. A lock names the provider organization that alone keeps seeing the record. */
export type SettingChange =
  | ({ readonly kind: 'lock' | 're-lock' } & Holder)
  | { readonly kind: 'unlock' | 'opt-out' | 'opt-in' | 'decline-reminders' | 'accept-reminders' }
  /** What a publicity code (PD1-11) asks for; it starts nothing again. */
  | { readonly kind: 'stop-messages'; readonly messages: readonly StoppedMessage[] };

/** The setting after the change; equal to the one before when the change is already in force. */
export const changed = (setting: PrivacySetting, change: SettingChange): PrivacySetting => {
  switch (change.kind) {
    case 'lock':
    case 're-lock':
      return { ...setting, lock: { kind: 'only', ...holderOf(change) } };
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
    case 'stop-messages':
      return { ...setting, stopped: sorted([...setting.stopped, ...change.messages]) };
    default:
      return assertNever(change);
  }
};

/** May this viewer see the record, as far as the person's own setting goes? */
export const allowsViewer = (setting: PrivacySetting, viewer: Viewer): boolean => {
  if (setting.optedOut) return false;
  switch (setting.lock.kind) {
    case 'none':
      return true;
    case 'only': {
      const { organizationId, siteCode } = setting.lock;
      if (organizationId !== viewer.organizationId) return false;
      return siteCode === undefined || viewer.siteCodes?.includes(siteCode) === true;
    }
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
  if (a.kind === 'only' && b.kind === 'only' && a.organizationId === b.organizationId) {
    // One site of an organization is fewer viewers than all of it; two different sites have none in common.
    if (a.siteCode === undefined) return b;
    if (b.siteCode === undefined) return a;
  }
  return { kind: 'nobody' };
};

const sameLock = (a: Lock, b: Lock): boolean =>
  a.kind === 'only' && b.kind === 'only'
    ? a.organizationId === b.organizationId && a.siteCode === b.siteCode
    : a.kind === b.kind;

const holderOf = ({ organizationId, siteCode }: Holder): Holder => ({
  organizationId,
  ...(siteCode === undefined ? {} : { siteCode }),
});

const sorted = (messages: readonly StoppedMessage[]): StoppedMessage[] => [...new Set(messages)].sort();
