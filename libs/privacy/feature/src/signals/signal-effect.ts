import type { EventStore } from '@registry/event-store';
import { legalDayOf } from '@registry/legal-day';
import { derivedEventId } from '@registry/messaging';
import {
  decidePrivacy,
  decideSignal,
  type PrivacyCommand,
  type SettingCause,
  type SettingEvent,
  type Signal,
} from '@registry/privacy-domain';
import { readPrivacyHead, survivorOf, type ReleaseGate } from '@registry/privacy-gate';
import type { Clock } from '@registry/runtime';
import { partsOf, settingHistory } from '../merge/setting-history.js';
import { oweNotice } from '../notice/person-notice.js';
import { openTask } from '../task/open-task.js';

export interface EffectParts {
  readonly store: EventStore;
  readonly gate: ReleaseGate;
  readonly clock: Clock;
}

/** A message about a person, by one client of an organization. */
export interface SignalMessage {
  readonly submissionId: string;
  readonly personId: string;
  readonly organizationId: string;
  readonly clientId: string;
  /** ISO-8601 UTC. */
  readonly receivedAt: string;
  readonly linkRevision: number;
}

export interface SignalContext {
  /** A record can be locked to the sender: it is a provider, and active. */
  readonly isProvider: boolean;
  /** The sender's signals have stopped for the day. */
  readonly stopped: boolean;
}

const GROUP = 'privacy-signals';

/**
 * Does what a signal asks for as far as it may, and tells the person and the help desk of it. A repeat ends alike.
 * @returns what became of it, as a code @throws SettingChangeUnavailable the message comes again
 */
export const giveEffect = async (
  parts: EffectParts,
  message: SignalMessage,
  signal: Signal,
  context: SignalContext,
): Promise<string> => {
  const { store } = parts;
  const { submissionId, organizationId, receivedAt } = message;
  const causationId = derivedEventId(GROUP, submissionId, signal.signal);
  const { personId, outcome } = await change(parts, message, signal, context, causationId);
  if (outcome.kind === 'nothing') return outcome.why;
  if (outcome.kind === 'ask') {
    const { task } = outcome;
    await openTask(store, { kind: task, personId, about: organizationId, openedAt: receivedAt }, causationId);
    if (task === 'unlock-asked-by-signal')
      await oweNotice(store, personId, { code: task, about: organizationId }, causationId);
    return task;
  }
  const code = signal.kind === 'protect' ? 'tightened-by-signal' : 'messages-stopped-by-signal';
  await oweNotice(store, personId, { code, about: organizationId }, causationId);
  return 'changed';
};

/** Decides at the head that the change is committed at: a decision of the person in between is looked at first. */
const change = async (
  { store, gate, clock }: EffectParts,
  message: SignalMessage,
  signal: Signal,
  { isProvider, stopped }: SignalContext,
  causationId: string,
) => {
  const { submissionId, organizationId, clientId, receivedAt } = message;
  const cause: SettingCause = {
    kind: 'signal',
    submissionId,
    organizationId,
    clientId,
    signal: signal.signal,
  };
  for (;;) {
    const personId = await survivorOf(store, message.personId);
    const { state: privacy } = await readPrivacyHead(store, personId);
    // Merged just now.
    if (privacy.status !== 'opened') continue;
    const history = await settingHistory(store, personId);
    const decided = await lastDecisionOf(store, personId);
    const sender = { organizationId, isProvider };
    const outcome = decideSignal(signal, {
      privacy,
      sender,
      receivedAt,
      stopped,
      ...(decided === undefined ? {} : { decided }),
    });
    // Done before an interruption: whatever the setting is by now, the person is to hear of it.
    const own = history.find((event) => isCausedBy(event, submissionId, signal.signal));
    if (own?.data.change !== undefined)
      return { personId, outcome: { kind: 'change', change: own.data.change } as const };
    if (outcome.kind !== 'change') return { personId, outcome };
    const command: PrivacyCommand = {
      type: 'ChangeSetting',
      change: outcome.change,
      cause,
      times: {
        ...(signal.since === undefined ? {} : { signed: signal.since }),
        received: receivedAt,
        effective: clock.now().toISOString(),
      },
      mayLoosen: false,
    };
    const metadata = { schemaVersion: 1, causationId, actor: GROUP };
    const eventId = derivedEventId(GROUP, causationId, personId, privacy.settingRevision);
    const { revision } = await gate.commit(personId, eventId, ({ state }) => {
      if (state.status !== 'opened' || state.settingRevision !== privacy.settingRevision) return undefined;
      const [event] = decidePrivacy(command, state);
      return event === undefined ? undefined : { ...event, metadata };
    });
    if (revision === undefined) continue;
    await gate.settled(personId);
    return { personId, outcome };
  }
};

const isCausedBy = ({ data: { cause } }: SettingEvent, submissionId: string, signal: string): boolean =>
  cause.kind === 'signal' && cause.submissionId === submissionId && cause.signal === signal;

/** When the last request was received that changed the setting of the person, or of one merged into it. */
const lastDecisionOf = async (
  store: EventStore,
  personId: string,
): Promise<{ readonly at: string; readonly day: string } | undefined> => {
  let last = -Infinity;
  for (const part of await partsOf(store, personId)) {
    for (const { data } of await settingHistory(store, part))
      if (data.cause.kind === 'request') last = Math.max(last, Date.parse(data.cause.receivedAt));
  }
  if (last === -Infinity) return undefined;
  const at = new Date(last);
  return { at: at.toISOString(), day: legalDayOf(at) };
};
