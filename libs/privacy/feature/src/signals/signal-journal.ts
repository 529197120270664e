import type { EventStore, RecordedEvent } from '@registry/event-store';
import {
  emptySignalDay,
  evolveSignalDay,
  type SignalDay,
  type SignalDayCountedData,
  type SignalNotedData,
} from '@registry/privacy-domain';

/** What an organization's messages last said about a person. */
export const signalStream = (organizationId: string, personId: string): string =>
  `signal-${organizationId}-${personId}`;

/** Whom the messages of a client were about on a legal day. */
export const signalDayStream = (clientId: string, day: string): string => `signalDay-${clientId}-${day}`;

/** Journal of the client days on which signals stopped. */
export const STOPPED_SIGNALS_STREAM = 'signalsStopped-all';

const PAGE = 500;

/** A signal stream at its head. */
export interface LastSaid {
  readonly revision: number | undefined;
  readonly noted: SignalNotedData | undefined;
}

export const lastSaidIn = (head: RecordedEvent | undefined): LastSaid => ({
  revision: head?.revision,
  noted: head?.data as SignalNotedData | undefined,
});

export interface StoredSignalDay {
  readonly day: SignalDay;
  readonly revision: number | undefined;
}

/** @throws StoreUnavailable */
export const readSignalDay = async (store: EventStore, stream: string): Promise<StoredSignalDay> => {
  let day = emptySignalDay;
  let revision: number | undefined;
  for (let from = 0; ; from += PAGE) {
    const page = await store.read(stream, { from, limit: PAGE });
    for (const event of page) {
      day = evolveSignalDay(day, event.data as unknown as SignalDayCountedData);
      revision = event.revision;
    }
    if (page.length < PAGE) return { day, revision };
  }
};
