import { REMINDER_POLICY, type ReminderPolicy } from './reminder-policy.js';

export const REMINDER_KINDS = ['reminder', 'recall'] as const;
export type ReminderKind = (typeof REMINDER_KINDS)[number];
export const REMINDER_CHANNELS = ['letter', 'email', 'call'] as const;
export type ReminderChannel = (typeof REMINDER_CHANNELS)[number];

/** Everything that decides whether a person is reminded, each as it is at the moment of sending. Instants are ISO-8601 UTC. */
export interface ReminderFacts {
  readonly kind: ReminderKind;
  readonly channel: ReminderChannel;
  readonly at: string;
  /** By the gate: agreement, client, purpose and relationship of the agency are in force. */
  readonly agencyIsEntitled: boolean;
  /** Absent: nobody whose privacy is open. */
  readonly setting?: {
    readonly isLocked: boolean;
    readonly optedOut: boolean;
    readonly stopped: readonly string[];
  };
  /** The person may be somebody known, and nobody has looked yet. */
  readonly underReview: boolean;
  readonly vitalStatus: 'alive' | 'possibly-dead' | 'dead';
  /** The last opt-in; absent: none. */
  readonly optedInAt?: string;
  /** When anybody last reminded of the same dose; absent: nobody has. */
  readonly remindedAt?: string;
}

export const NOT_REMINDED_REASONS = [
  'not-open',
  'agency-not-entitled',
  'opted-out',
  'locked',
  'declined',
  'messages-stopped',
  'calls-stopped',
  'under-review',
  'deceased',
  'possible-death',
  'opted-in-recently',
  'reminded-already',
] as const;
export type NotRemindedReason = (typeof NOT_REMINDED_REASONS)[number];

export type ReminderDecision =
  | { readonly send: true; readonly policy: string }
  /** All reasons that apply. They never reach the agency. */
  | { readonly send: false; readonly policy: string; readonly reasons: readonly NotRemindedReason[] };

const MS_PER_DAY = 86_400_000;

/**
 * May this person be reminded now, by this agency, of this dose? Default no, forbid wins; the same facts give the same decision for ever.
 */
export const decideReminder = (
  facts: ReminderFacts,
  policy: ReminderPolicy = REMINDER_POLICY,
): ReminderDecision => {
  const { kind, channel, at, setting, vitalStatus, optedInAt, remindedAt } = facts;
  const reasons: NotRemindedReason[] = [];
  const because = (applies: boolean, reason: NotRemindedReason): void => {
    if (applies) reasons.push(reason);
  };
  const stopped = setting?.stopped ?? [];
  because(setting === undefined, 'not-open');
  because(!facts.agencyIsEntitled, 'agency-not-entitled');
  because(setting?.optedOut === true, 'opted-out');
  // Only the holder may see the record, and no holder is an agency that reminds.
  because(setting?.isLocked === true, 'locked');
  because(stopped.includes(kind), 'declined');
  because(stopped.includes('message'), 'messages-stopped');
  because(channel === 'call' && stopped.includes('call'), 'calls-stopped');
  because(facts.underReview, 'under-review');
  because(vitalStatus === 'dead', 'deceased');
  because(vitalStatus === 'possibly-dead', 'possible-death');
  because(isWithin(policy.afterOptInDays, optedInAt, at), 'opted-in-recently');
  because(isWithin(policy.intervalDays, remindedAt, at), 'reminded-already');
  return reasons.length === 0
    ? { send: true, policy: policy.version }
    : { send: false, policy: policy.version, reasons };
};

/** What is no instant, or one to come, counts as now. */
const isWithin = (days: number, since: string | undefined, at: string): boolean =>
  since !== undefined && !(Date.parse(at) - Date.parse(since) >= days * MS_PER_DAY);
