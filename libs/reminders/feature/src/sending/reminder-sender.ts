import { hmac, type KeyRing } from '@registry/content-keys';
import { accessStreams, type OrganizationState } from '@registry/contracts';
import { NotDelivered, type Delivery, type OutgoingMessage } from '@registry/delivery';
import { RevisionConflict, type EventStore } from '@registry/event-store';
import { legalDayOf } from '@registry/legal-day';
import { derivedEventId } from '@registry/messaging';
import {
  DecisionHeads,
  decideDisclosure,
  MN_EXCHANGE_1,
  readPersonHistory,
  readVitalStatus,
  survivorOf,
  type DecisionSubject,
  type DenialReason,
  type ReleasedRecord,
  type ReleaseGate,
} from '@registry/privacy-gate';
import {
  addressLines,
  decideReminder,
  evolveReminder,
  initialReminderState,
  lastReminded,
  reminderText,
  type CampaignEntry,
  type ReminderDecision,
  type ReminderEvent,
  type ReminderState,
} from '@registry/reminders-domain';
import type { Clock } from '@registry/runtime';

export interface SenderParts {
  readonly store: EventStore;
  readonly gate: ReleaseGate;
  readonly keys: KeyRing;
  readonly delivery: Delivery;
  readonly clock: Clock;
}

/** One entry of a campaign. */
export interface DueReminder {
  readonly campaignId: string;
  /** Place in the list. */
  readonly place: number;
  readonly organizationId: string;
  readonly clientId: string;
  readonly userId?: string | undefined;
  readonly personId: string;
  readonly entry: CampaignEntry;
}

export const reminderStream = (personId: string): string => `reminder-${personId}`;

const GROUP = 'reminders-sending';
const PAGE = 500;
/** Tries of a disclosure that the gate could not decide in time. */
const DISCLOSURES = 3;

/** What the person's own setting and review say; `decideReminder` has reasons of its own for these. */
const OWN_REASONS: readonly DenialReason[] = ['not-readable', 'under-review', 'person-setting'];

/**
 * Sends reminders, each decided at the moment of sending and committed to the person's one reminder stream before it leaves, so that no two
 * agencies remind of one dose.
 *
 * A decline and a sending are ordered by the gate: the address is a disclosure, and a setting change is acknowledged only when the
 * releases before it have left or been dropped. So whoever decides again between the disclosure and the handing over sees every change that
 * was acknowledged before the reminder left.
 */
export class ReminderSender {
  constructor(private readonly parts: SenderParts) {}

  /** A repeat sends nothing: what was committed and has no outcome stays unconfirmed. @throws StoreUnavailable */
  async send(due: DueReminder): Promise<void> {
    const reminderId = derivedEventId(GROUP, due.campaignId, due.place);
    const personId = await this.commit(due, reminderId);
    if (personId === undefined) return;
    const outcome = await this.leave(due, personId, reminderId);
    await this.append(personId, outcome);
  }

  /** @returns whom it is committed for; undefined: it is not to be sent, or was before */
  private async commit(due: DueReminder, reminderId: string): Promise<string | undefined> {
    const { store, keys } = this.parts;
    const { campaignId, organizationId, entry } = due;
    const dose = hmac(keys.current('reminder-dose').key, 'dose', entry.vaccine, entry.dueOn);
    for (;;) {
      const personId = await survivorOf(store, due.personId);
      const { parts, optedInAt } = await readPersonHistory(store, personId);
      const { state, revision } = await readReminders(store, parts, personId);
      const known = state.reminders.get(reminderId);
      if (known !== undefined) {
        // Interrupted between the commit and the outcome: it may have left.
        if (known.status === 'sent')
          await this.append(personId, { type: 'ReminderUnconfirmed', data: { reminderId } });
        return undefined;
      }
      const decided = await this.decide(due, personId, parts, optedInAt, lastReminded(state, dose));
      const { decision, at, settingRevision } = decided;
      const { policy } = decision;
      const common = { reminderId, campaignId, organizationId, policy, at };
      const { kind, channel } = entry;
      const event: ReminderEvent = decision.send
        ? { type: 'ReminderSent', data: { ...common, dose, kind, channel, settingRevision } }
        : { type: 'ReminderWithheld', data: { ...common, reasons: decision.reasons } };
      try {
        await this.appendAt(personId, revision, event, reminderId);
      } catch (error) {
        // Another agency was first: look again.
        if (error instanceof RevisionConflict) continue;
        throw error;
      }
      return decision.send ? personId : undefined;
    }
  }

  private async decide(
    due: DueReminder,
    personId: string,
    parts: readonly string[],
    optedInAt: string | undefined,
    remindedAt: string | undefined,
  ): Promise<{ readonly decision: ReminderDecision; readonly at: string; readonly settingRevision: number }> {
    const { store, clock } = this.parts;
    const at = clock.now().toISOString();
    const subject = subjectOf(due, personId);
    const facts = (await DecisionHeads.read(store, personId, [subject])).factsOf(subject, at);
    const disclosure = decideDisclosure(facts, MN_EXCHANGE_1);
    const reasons = disclosure.permit ? [] : disclosure.reasons;
    const { privacy } = facts;
    const decision = decideReminder({
      kind: due.entry.kind,
      channel: due.entry.channel,
      at,
      agencyIsEntitled: reasons.every((reason) => OWN_REASONS.includes(reason)),
      ...(privacy.status === 'opened'
        ? {
            setting: {
              isLocked: privacy.setting.lock.kind !== 'none',
              optedOut: privacy.setting.optedOut,
              stopped: privacy.setting.stopped,
            },
          }
        : {}),
      underReview: privacy.status === 'opened' && privacy.review !== undefined,
      vitalStatus: await readVitalStatus(this.parts.store, parts),
      ...(optedInAt === undefined ? {} : { optedInAt }),
      ...(remindedAt === undefined ? {} : { remindedAt }),
    });
    return { decision, at, settingRevision: privacy.status === 'opened' ? privacy.settingRevision : -1 };
  }

  /** Gets the address through the gate, decides again, and hands the message over. */
  private async leave(due: DueReminder, personId: string, reminderId: string): Promise<ReminderEvent> {
    const failed = (reason: string): ReminderEvent => ({
      type: 'ReminderFailed',
      data: { reminderId, reason },
    });
    const { gate, store, delivery, clock } = this.parts;
    const from = await this.nameOf(due.organizationId);
    const terms = [due.entry.registryId];
    const request = { ...subjectOf(due, personId), inquiry: { form: 'read', terms } } as const;
    let disclosed = await gate.disclose(request);
    for (let tries = 1; disclosed.kind === 'unavailable' && tries < DISCLOSURES; tries += 1)
      disclosed = await gate.disclose(request);
    if (disclosed.kind !== 'released') return failed(disclosed.kind);
    const { release } = disclosed;
    const today = legalDayOf(clock.now());
    const message = messageOf(reminderId, due.entry, release.record, from, today);
    const { parts, optedInAt } = await readPersonHistory(store, personId);
    const { decision } = await this.decide(due, personId, parts, optedInAt, undefined);
    // Not handed over, the release is dropped, and the history says so.
    if (!decision.send) return failed('decided-otherwise');
    if (message === undefined) return failed('no-address');
    if (!release.handOver()) return failed('late');
    try {
      await delivery.deliver(message);
      return { type: 'ReminderConfirmed', data: { reminderId } };
    } catch (error) {
      if (error instanceof NotDelivered) return failed(error.reason);
      return { type: 'ReminderUnconfirmed', data: { reminderId } };
    }
  }

  private async nameOf(organizationId: string): Promise<string> {
    const [head] = await this.parts.store.heads([accessStreams.organization(organizationId)]);
    return (head?.data['state'] as OrganizationState | undefined)?.name ?? '';
  }

  private async append(personId: string, event: ReminderEvent): Promise<void> {
    const { store } = this.parts;
    for (;;) {
      const [head] = await store.heads([reminderStream(personId)]);
      try {
        await this.appendAt(personId, head?.revision, event, event.data.reminderId);
        return;
      } catch (error) {
        if (!(error instanceof RevisionConflict)) throw error;
      }
    }
  }

  private async appendAt(
    personId: string,
    revision: number | undefined,
    { type, data }: ReminderEvent,
    reminderId: string,
  ): Promise<void> {
    await this.parts.store.append(reminderStream(personId), revision ?? 'none', [
      {
        id: derivedEventId(GROUP, reminderId, type),
        type,
        data,
        metadata: { schemaVersion: 1, causationId: reminderId, actor: GROUP },
      },
    ]);
  }
}

const subjectOf = (
  { organizationId, clientId, userId, personId: known }: DueReminder,
  personId: string,
): DecisionSubject => ({
  requester: { organizationId, clientId, ...(userId === undefined ? {} : { userId }) },
  purpose: 'reminder',
  personId,
  ...(known === personId ? {} : { knownAs: known }),
});

/** Undefined: there is no address to write to. */
const messageOf = (
  id: string,
  { channel, email }: CampaignEntry,
  { name, birthDate, addresses }: ReleasedRecord,
  from: string,
  today: string,
): OutgoingMessage | undefined => {
  const message = { id, from, ...reminderText(from) };
  if (channel === 'email') return email === undefined ? undefined : { ...message, channel, to: email };
  const [address] = addresses ?? [];
  if (name === undefined || birthDate === undefined || address === undefined) return undefined;
  const to = addressLines({ name, birthDate, address }, today);
  return to === undefined ? undefined : { ...message, channel, to };
};

/** Of a person and everybody merged into it; the revision is that of the person's own stream. */
const readReminders = async (
  store: EventStore,
  parts: readonly string[],
  personId: string,
): Promise<{ readonly state: ReminderState; readonly revision: number | undefined }> => {
  let state = initialReminderState;
  let revision: number | undefined;
  for (const part of parts) {
    for (let from = 0; ; from += PAGE) {
      const page = await store.read(reminderStream(part), { from, limit: PAGE });
      for (const event of page) {
        state = evolveReminder(state, event as unknown as ReminderEvent);
        if (part === personId) revision = event.revision;
      }
      if (page.length < PAGE) break;
    }
  }
  return { state, revision };
};
