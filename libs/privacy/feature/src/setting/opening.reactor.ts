import { readContractEvent, type PersonRegistered } from '@registry/contracts';
import { RevisionConflict, type EventStore } from '@registry/event-store';
import {
  batchReactor,
  derivedEventId,
  giveWay,
  type Consumer,
  type ConsumerTrouble,
  type Messaging,
} from '@registry/messaging';
import type { ReadModel } from '@registry/persistence';
import {
  decidePrivacy,
  initialPrivacyState,
  type PrivacySetting,
  type Review,
} from '@registry/privacy-domain';
import { privacyStream, readPrivacyHead } from '@registry/privacy-gate';
import { comparedWith, nameAsCandidates, reviewOf, settingsOf } from './candidates.js';

const GROUP = 'privacy-opening';

export interface OpeningParts {
  readonly store: EventStore;
  readonly messaging: Messaging;
  readonly readModel: ReadModel;
  readonly onTrouble: (trouble: ConsumerTrouble) => void;
}

/** Gives each new person a privacy stream: without one nothing is readable. One who may be somebody known is under review from the first. */
export const openingReactor = ({ store, messaging, readModel, onTrouble }: OpeningParts): Consumer =>
  batchReactor(messaging, {
    group: GROUP,
    topics: ['identity.decisions.v1'],
    readModel,
    onTrouble,
    reactToAll: async (deliveries) => {
      const registered = new Map<string, PersonRegistered>();
      for (const { event: delivered } of deliveries) {
        const event = readContractEvent('identity.decisions.v1', delivered);
        if (event.type === 'PersonRegistered') registered.set(event.id, event.data);
      }
      const settings = await settingsOfMany(store, [...registered.values()].flatMap(comparedWith));
      const opened = [...registered].map(([eventId, person]) => open(store, person, settings, eventId));
      // All at once, so that they share a flush; none is under way any more when the batch is tried again.
      for (const result of await Promise.allSettled(opened))
        if (result.status === 'rejected') throw result.reason;
    },
  });

/**
 * Looked up together, which costs a fraction of one by one: the more persons a registry has, the more share a birth date and a first name.
 * A candidate whose setting changes after this look is looked at again when the opening is told (review.reactor).
 */
const settingsOfMany = async (
  store: EventStore,
  personIds: readonly string[],
): Promise<ReadonlyMap<string, PrivacySetting>> => {
  const distinct = [...new Set(personIds)];
  const settings = new Map<string, PrivacySetting>();
  for (let from = 0; from < distinct.length; from += LOOKED_UP_AT_ONCE) {
    if (from > 0) await giveWay();
    const some = await settingsOf(store, distinct.slice(from, from + LOOKED_UP_AT_ONCE));
    for (const [personId, setting] of some) settings.set(personId, setting);
  }
  return settings;
};

/** A lookup that the disk's cache answers takes some 20 µs. */
const LOOKED_UP_AT_ONCE = 200;

const open = async (
  store: EventStore,
  registered: PersonRegistered,
  settings: ReadonlyMap<string, PrivacySetting>,
  causationId: string,
): Promise<void> => {
  const { personId } = registered;
  const review = reviewOf(registered, settings);
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
