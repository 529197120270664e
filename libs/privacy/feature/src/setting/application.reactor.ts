import { readContractEvent } from '@registry/contracts';
import type { EventStore } from '@registry/event-store';
import {
  derivedEventId,
  reactor,
  type Consumer,
  type ConsumerTrouble,
  type Messaging,
} from '@registry/messaging';
import type { ReadModel } from '@registry/persistence';
import type { ReleaseGate } from '@registry/privacy-gate';
import type { RequestRepository } from '../request/request.repository.js';
import { awaitOpening } from './opening.reactor.js';

export interface ApplicationParts {
  readonly store: EventStore;
  readonly gate: ReleaseGate;
  readonly requests: RequestRepository;
  readonly messaging: Messaging;
  readonly readModel: ReadModel;
  readonly onTrouble: (trouble: ConsumerTrouble) => void;
}

const GROUP = 'privacy-application';

/**
 * Applies each approved request to the person whom identity found for it (or registered for it: a request takes effect
 * before there is a record). `PrivacyRequestApplied` is appended only when nothing that the new setting forbids can
 * still leave, so whoever reads it may rely on it.
 */
export const applicationReactor = (parts: ApplicationParts): Consumer =>
  reactor(parts.messaging, {
    group: GROUP,
    topics: ['identity.decisions.v1'],
    readModel: parts.readModel,
    onTrouble: parts.onTrouble,
    react: async ({ event: delivered }) => {
      const event = readContractEvent('identity.decisions.v1', delivered);
      if (event.type === 'RequestResolved')
        await apply(parts, event.data.requestId, event.data.personId, event.id);
      if (event.type === 'RequestAmbiguous') {
        await parts.requests.react(event.data.requestId, { type: 'SendToReview' }, event.id, GROUP);
      }
    },
  });

const apply = async (
  { store, gate, requests }: ApplicationParts,
  requestId: string,
  personId: string,
  causationId: string,
): Promise<void> => {
  const { state } = await requests.load(requestId);
  if (state.status !== 'approved') return;
  await awaitOpening(store, personId);
  const { change, approvedBy, receivedAt } = state;
  const { settingRevision } = await gate.changeSetting(
    personId,
    { type: 'ChangeSetting', change, cause: { kind: 'request', requestId, approvedBy, receivedAt } },
    { schemaVersion: 1, causationId, actor: approvedBy },
    derivedEventId(GROUP, causationId, 'setting'),
  );
  await requests.react(requestId, { type: 'RecordApplied', personId, settingRevision }, causationId, GROUP);
};
