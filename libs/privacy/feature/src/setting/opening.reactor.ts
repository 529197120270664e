import { readContractEvent, type PersonRegistered } from '@registry/contracts';
import { RevisionConflict, type EventStore } from '@registry/event-store';
import {
  derivedEventId,
  reactor,
  type Consumer,
  type ConsumerTrouble,
  type Messaging,
} from '@registry/messaging';
import type { ReadModel } from '@registry/persistence';
import { decidePrivacy, initialPrivacyState, type Review } from '@registry/privacy-domain';
import { privacyStream, readPrivacyHead } from '@registry/privacy-gate';
import { nameAsCandidates, reviewOf } from './candidates.js';

const GROUP = 'privacy-opening';

export interface OpeningParts {
  readonly store: EventStore;
  readonly messaging: Messaging;
  readonly readModel: ReadModel;
  readonly onTrouble: (trouble: ConsumerTrouble) => void;
}

/** Gives each new person a privacy stream: without one nothing is readable. One who may be somebody known is under review from the first. */
export const openingReactor = ({ store, messaging, readModel, onTrouble }: OpeningParts): Consumer =>
  reactor(messaging, {
    group: GROUP,
    topics: ['identity.decisions.v1'],
    readModel,
    onTrouble,
    react: async ({ event: delivered }) => {
      const event = readContractEvent('identity.decisions.v1', delivered);
      if (event.type === 'PersonRegistered') await open(store, event.data, event.id);
    },
  });

const open = async (store: EventStore, registered: PersonRegistered, causationId: string): Promise<void> => {
  const { personId } = registered;
  const review = await reviewOf(store, registered);
  if (review !== undefined) await nameAsCandidates(store, personId, review);
  const [event] = decidePrivacy(openingOf(review), initialPrivacyState);
  if (event === undefined) return;
  try {
    await store.append(privacyStream(personId), 'none', [
      {
        id: derivedEventId(GROUP, personId),
        type: event.type,
        data: event.data,
        metadata: { schemaVersion: 1, causationId, actor: GROUP },
      },
    ]);
  } catch (error) {
    // It exists: then it is open.
    if (!(error instanceof RevisionConflict)) throw error;
  }
};

const openingOf = (review: Review | undefined) => ({
  type: 'OpenPrivacy' as const,
  cause: { kind: 'registration' as const },
  ...(review === undefined ? {} : { review }),
});

/**
 * For reactors that change the setting of a person registered just now: the opening alone knows whether it is to be reviewed, so they wait for it.
 * @throws OpeningAwaited the message comes again
 */
export const awaitOpening = async (store: EventStore, personId: string): Promise<void> => {
  const { state } = await readPrivacyHead(store, personId);
  if (state.status === 'unopened') throw new OpeningAwaited();
};

export class OpeningAwaited extends Error {
  readonly code = 'GATE.OPENING_AWAITED';
}
