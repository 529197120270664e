import type { NotRemindedReason, ReminderChannel, ReminderKind } from './reminder.decider.js';

/**
 * Events of `reminder-<personId>`, the one channel of all agencies: a reminder is committed here, at the exact revision that it was decided
 * on, before it leaves.
 */
export type ReminderEvent =
  | { readonly type: 'ReminderSent'; readonly data: ReminderSentData }
  | { readonly type: 'ReminderConfirmed'; readonly data: { readonly reminderId: string } }
  /** Certainly not delivered: it counts as not sent. */
  | {
      readonly type: 'ReminderFailed';
      readonly data: { readonly reminderId: string; readonly reason: string };
    }
  /** Nobody knows whether it was delivered: it counts as sent, and is not sent again. */
  | { readonly type: 'ReminderUnconfirmed'; readonly data: { readonly reminderId: string } }
  | { readonly type: 'ReminderWithheld'; readonly data: ReminderWithheldData };

export type ReminderSentData = {
  readonly reminderId: string;
  readonly campaignId: string;
  readonly organizationId: string;
  /** Vaccine and day as a keyed hash: tells one dose from another, and nothing else. */
  readonly dose: string;
  readonly kind: ReminderKind;
  readonly channel: ReminderChannel;
  readonly policy: string;
  /** Of the privacy stream that counted. */
  readonly settingRevision: number;
  /** ISO-8601 UTC. */
  readonly at: string;
};

export type ReminderWithheldData = {
  readonly reminderId: string;
  readonly campaignId: string;
  readonly organizationId: string;
  readonly policy: string;
  readonly reasons: readonly NotRemindedReason[];
  readonly at: string;
};

/** What a person's stream says of reminders. */
export interface ReminderState {
  readonly reminders: ReadonlyMap<string, Reminder>;
}

export interface Reminder {
  readonly dose: string;
  readonly at: string;
  readonly status: 'sent' | 'confirmed' | 'failed' | 'unconfirmed' | 'withheld';
}

export const initialReminderState: ReminderState = { reminders: new Map() };

export const evolveReminder = (state: ReminderState, event: ReminderEvent): ReminderState => {
  const reminders = new Map(state.reminders);
  switch (event.type) {
    case 'ReminderSent': {
      const { reminderId, dose, at } = event.data;
      reminders.set(reminderId, { dose, at, status: 'sent' });
      return { reminders };
    }
    case 'ReminderWithheld': {
      const { reminderId, at } = event.data;
      reminders.set(reminderId, { dose: '', at, status: 'withheld' });
      return { reminders };
    }
    case 'ReminderConfirmed':
      return withStatus(reminders, event.data.reminderId, 'confirmed');
    case 'ReminderFailed':
      return withStatus(reminders, event.data.reminderId, 'failed');
    case 'ReminderUnconfirmed':
      return withStatus(reminders, event.data.reminderId, 'unconfirmed');
    default:
      return unexpected(event);
  }
};

/** When anybody last reminded of the dose; what certainly did not arrive does not count. */
export const lastReminded = ({ reminders }: ReminderState, dose: string): string | undefined => {
  let last: string | undefined;
  for (const reminder of reminders.values()) {
    if (reminder.dose !== dose || reminder.status === 'failed' || reminder.status === 'withheld') continue;
    if (last === undefined || Date.parse(last) < Date.parse(reminder.at)) last = reminder.at;
  }
  return last;
};

const withStatus = (
  reminders: Map<string, Reminder>,
  reminderId: string,
  status: Reminder['status'],
): ReminderState => {
  const known = reminders.get(reminderId);
  if (known !== undefined) reminders.set(reminderId, { ...known, status });
  return { reminders };
};

const unexpected = (event: never): never => {
  throw new Error(`Unexpected ${JSON.stringify(event)}`);
};
