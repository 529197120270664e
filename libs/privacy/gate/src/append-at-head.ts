import {
  AppendOutcomeUnknown,
  RevisionConflict,
  StoreUnavailable,
  type EventStore,
  type NewEvent,
} from '@registry/event-store';
import { pause, type GateClock } from './gate-clock.js';
import { privacyStream, readPrivacyHead, type PrivacyHead } from './privacy-head.js';

const RETRY_PAUSE_MS = 20;

export interface AppendedAtHead {
  readonly head: PrivacyHead;
  /** Of the event appended; absent if there was nothing to append. */
  readonly revision?: number;
}

/**
 * Appends to a privacy stream the event that `eventOn` makes of the head, at that head, until it stands or the deadline
 * has passed (undefined). Never twice: an append of unknown outcome stands at the one revision it was made for or nowhere, so
 * the next attempt looks there first. Else a change that others have undone since would be made a second time.
 * @param deadline on the monotonic clock @throws what `eventOn` throws
 */
export const appendAtHead = async (
  store: EventStore,
  clock: GateClock,
  personId: string,
  id: string,
  deadline: number,
  eventOn: (head: PrivacyHead) => Omit<NewEvent, 'id'> | undefined,
): Promise<AppendedAtHead | undefined> => {
  const stream = privacyStream(personId);
  let unsure: number | undefined;
  while (clock.monotonic() < deadline) {
    try {
      const head = await readPrivacyHead(store, personId);
      if (unsure !== undefined && head.revision !== undefined && head.revision >= unsure) {
        const [there] = await store.read(stream, { from: unsure, limit: 1 });
        if (there?.id === id) return { head, revision: unsure };
        unsure = undefined;
      }
      const event = eventOn(head);
      if (event === undefined) return { head };
      unsure ??= (head.revision ?? -1) + 1;
      const { revision } = await store.append(stream, head.revision ?? 'none', [{ ...event, id }]);
      return { head, revision };
    } catch (error) {
      // A conflict, with a disclosure as a rule: go again at the new head.
      if (error instanceof RevisionConflict) unsure = undefined;
      else if (error instanceof AppendOutcomeUnknown || error instanceof StoreUnavailable) {
        await pause(clock, RETRY_PAUSE_MS);
      } else throw error;
    }
  }
  return undefined;
};
