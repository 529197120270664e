import { readContractEvent } from '@registry/contracts';
import type { EventStore } from '@registry/event-store';
import { legalDayOf } from '@registry/legal-day';
import {
  derivedEventId,
  reactor,
  type Consumer,
  type ConsumerTrouble,
  type Messaging,
} from '@registry/messaging';
import type { ReadModel } from '@registry/persistence';
import {
  authorityOf,
  PrivacyError,
  setterOf,
  type RequestState,
  type Resolved,
  type SettingChange,
} from '@registry/privacy-domain';
import { readPrivacyHead, survivorOf, type ReleaseGate } from '@registry/privacy-gate';
import type { Clock } from '@registry/runtime';
import { settingHistory } from '../merge/setting-history.js';
import { birthDateOf } from '../request/request-form.js';
import type { RequestRepository } from '../request/request.repository.js';
import type { SealedForms } from '../request/sealed-forms.js';
import { openTask } from '../task/open-task.js';
import { awaitOpening } from './opening.reactor.js';

export interface ApplicationParts {
  readonly store: EventStore;
  readonly gate: ReleaseGate;
  readonly requests: RequestRepository;
  readonly forms: SealedForms;
  readonly clock: Clock;
  readonly messaging: Messaging;
  readonly readModel: ReadModel;
  readonly onTrouble: (trouble: ConsumerTrouble) => void;
}

const GROUP = 'privacy-application';

/**
 * Applies each approved request to the person whom identity found for it (or registered for it: a request takes effect
 * before there is a record), or whom staff chose. `PrivacyRequestApplied` is appended only when nothing that the new setting forbids can
 * still leave, so whoever reads it may rely on it.
 */
export const applicationReactor = (parts: ApplicationParts): Consumer =>
  reactor(parts.messaging, {
    group: GROUP,
    topics: ['identity.decisions.v1', 'privacy.requests.v1'],
    readModel: parts.readModel,
    onTrouble: parts.onTrouble,
    react: async ({ topic, event: delivered }) => {
      if (topic === 'privacy.requests.v1') {
        const event = readContractEvent(topic, delivered);
        if (event.type !== 'PrivacyRequestApproved' || event.data.resolved === undefined) return;
        const { personId, partId } = event.data.resolved;
        const resolved = { personId, ...(partId === undefined ? {} : { partId }) };
        await apply(parts, event.data.requestId, resolved, event.id);
        return;
      }
      const event = readContractEvent('identity.decisions.v1', delivered);
      const { requests } = parts;
      switch (event.type) {
        case 'RequestResolved': {
          const { requestId, personId, partId } = event.data;
          const resolved = { personId, ...(partId === undefined ? {} : { partId }) };
          return apply(parts, requestId, resolved, event.id);
        }
        case 'RequestWatched':
          return requests.react(event.data.requestId, { type: 'Watch' }, event.id, GROUP);
        case 'RequestAmbiguous': {
          const { requestId, candidates } = event.data;
          const command = {
            type: 'SendToReview',
            ...(candidates === undefined ? {} : { candidates }),
          } as const;
          return requests.react(requestId, command, event.id, GROUP);
        }
        default:
          return undefined;
      }
    },
  });

type Approved = Extract<RequestState, { status: 'approved' | 'watching' }>;

const apply = async (
  parts: ApplicationParts,
  requestId: string,
  resolved: Resolved,
  causationId: string,
): Promise<void> => {
  const { store, requests, forms, clock } = parts;
  const { state } = await requests.load(requestId);
  if (state.status !== 'approved' && state.status !== 'watching') return;
  await awaitOpening(store, resolved.personId);
  const form = await forms.open(requestId);
  const now = clock.now();
  // Between approval and application a birthday may lie: of an unborn child months.
  if (form !== undefined && authorityOf(state.capacity, birthDateOf(form), legalDayOf(now)) === 'ended')
    return requests.react(requestId, { type: 'EndWithAuthority', foundBy: GROUP }, causationId, GROUP);
  const { change } = state;
  if (change.kind === 'view')
    return recordApplied(parts, requestId, resolved.personId, undefined, causationId);
  if (await isDisputed(store, state, change, resolved.personId)) {
    await requests.react(requestId, { type: 'Dispute', resolved }, causationId, GROUP);
    const task = { kind: 'request-disputed', personId: resolved.personId, about: requestId } as const;
    await openTask(store, { ...task, openedAt: now.toISOString() }, causationId);
    return;
  }
  try {
    const settingRevision = await changeSetting(parts, requestId, state, change, resolved, causationId);
    await recordApplied(parts, requestId, resolved.personId, settingRevision, causationId);
  } catch (error) {
    if (!(error instanceof PrivacyError && error.code === 'PRIVACY.LOOSENING_NOT_ALLOWED')) throw error;
    await requests.react(requestId, { type: 'AskForSecond', resolved }, causationId, GROUP);
  }
};

const changeSetting = async (
  { gate, clock }: ApplicationParts,
  requestId: string,
  { approvedBy, verifiedBy, receivedAt, requester, signedOn }: Approved,
  change: SettingChange,
  { personId, partId }: Resolved,
  causationId: string,
): Promise<number> => {
  const { settingRevision } = await gate.changeSetting(
    personId,
    {
      type: 'ChangeSetting',
      change,
      cause: {
        kind: 'request',
        requestId,
        approvedBy,
        receivedAt,
        ...(requester === undefined ? {} : { requester }),
        ...(partId === undefined ? {} : { verifiedFor: partId }),
      },
      times: {
        ...(signedOn === undefined ? {} : { signed: signedOn }),
        received: receivedAt,
        effective: clock.now().toISOString(),
      },
      mayLoosen: approvedBy !== verifiedBy,
    },
    { schemaVersion: 1, causationId, actor: approvedBy },
    derivedEventId(GROUP, causationId, 'setting'),
  );
  return settingRevision;
};

/** Would it loosen what somebody else set, without that person's agreement or a court order? The individual, of age, always may (DOMAIN 4.2). */
const isDisputed = async (
  store: EventStore,
  { capacity, requester, agreement }: Approved,
  change: SettingChange,
  personId: string,
): Promise<boolean> => {
  if (capacity === 'self' || agreement !== undefined) return false;
  const setter = setterOf(await settingHistory(store, await survivorOf(store, personId)), change);
  return setter !== undefined && setter !== requester;
};

const recordApplied = async (
  { store, requests, clock }: ApplicationParts,
  requestId: string,
  personId: string,
  settingRevision: number | undefined,
  causationId: string,
): Promise<void> => {
  const { state } = await readPrivacyHead(store, personId);
  const revision = settingRevision ?? (state.status === 'unopened' ? 0 : state.settingRevision);
  const effectiveAt = clock.now().toISOString();
  const command = { type: 'RecordApplied', personId, settingRevision: revision, effectiveAt } as const;
  await requests.react(requestId, command, causationId, GROUP);
};
