import { readContractEvent, type PersonRegistered } from '@registry/contracts';
import { RevisionConflict, type EventStore } from '@registry/event-store';
import {
  batchReactor,
  derivedEventId,
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
      const registrations = deliveries.flatMap(({ event: delivered }) => {
        const event = readContractEvent('identity.decisions.v1', delivered);
        return event.type === 'PersonRegistered' ? [{ registered: event.data, causationId: event.id }] : [];
      });
      for (const some of inGroups(registrations)) await openTogether(store, some);
    },
  });

interface Registration {
  readonly registered: PersonRegistered;
  readonly causationId: string;
}

/** Their settings are looked up before the first of them is opened: more would make that moment longer. A lookup takes some 20 µs on SQLite. */
const COMPARED_AT_ONCE = 200;

function* inGroups(registrations: readonly Registration[]): Generator<readonly Registration[]> {
  let group: Registration[] = [];
  let compared = 0;
  for (const registration of registrations) {
    group.push(registration);
    compared += comparedWith(registration.registered).length;
    if (compared < COMPARED_AT_ONCE) continue;
    yield group;
    group = [];
    compared = 0;
  }
  if (group.length > 0) yield group;
}

/**
 * The settings of all whom they are compared with are looked up together, which costs a fraction of one by one: the more persons a registry has,
 * the more share a birth date and a first name. A candidate whose setting changes after this look is looked at again when the opening
 * is told (review.reactor); one who is only similar and opts out from here on did so after the person was registered.
 */
const openTogether = async (store: EventStore, registrations: readonly Registration[]): Promise<void> => {
  const compared = registrations.flatMap(({ registered }) => comparedWith(registered));
  // Where one of them cannot be read, each looks for its own, so that of these only those wait who are compared with that one.
  const settings = await settingsOf(store, [...new Set(compared)]).catch(() => undefined);
  const opened = registrations.map(async ({ registered, causationId }) =>
    open(store, registered, settings ?? (await settingsOf(store, comparedWith(registered))), causationId),
  );
  // Side by side, so that they share a flush; none is under way any more when the batch is tried again.
  for (const result of await Promise.allSettled(opened))
    if (result.status === 'rejected') throw result.reason;
};

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
