import { readContractEvent } from '@registry/contracts';
import { RevisionConflict, type EventStore } from '@registry/event-store';
import {
  derivedEventId,
  reactor,
  type Consumer,
  type ConsumerTrouble,
  type Messaging,
} from '@registry/messaging';
import type { ReadModel } from '@registry/persistence';
import { decidePrivacy, initialPrivacyState } from '@registry/privacy-domain';
import { privacyStream } from '@registry/privacy-gate';

const GROUP = 'privacy-opening';

export interface OpeningParts {
  readonly store: EventStore;
  readonly messaging: Messaging;
  readonly readModel: ReadModel;
  readonly onTrouble: (trouble: ConsumerTrouble) => void;
}

/** Gives each new person a privacy stream: without one nothing is readable. */
export const openingReactor = ({ store, messaging, readModel, onTrouble }: OpeningParts): Consumer =>
  reactor(messaging, {
    group: GROUP,
    topics: ['identity.decisions.v1'],
    readModel,
    onTrouble,
    react: async ({ event: delivered }) => {
      const event = readContractEvent('identity.decisions.v1', delivered);
      if (event.type === 'PersonRegistered') await openPrivacy(store, event.data.personId, event.id);
    },
  });

/** Opens a person's privacy stream unless it is open. @param causationId the registration that it follows from */
export const openPrivacy = async (
  store: EventStore,
  personId: string,
  causationId: string,
): Promise<void> => {
  const [event] = decidePrivacy(
    { type: 'OpenPrivacy', cause: { kind: 'registration' } },
    initialPrivacyState,
  );
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
