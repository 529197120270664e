import type { EventStore, RecordedEvent } from '@registry/event-store';
import {
  type AskedForProtection,
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

/** A day at its stream's head. It is changed in place: `evolveSignalDay`, without a copy of all persons for each batch of messages. */
export class StoredSignalDay {
  private readonly persons = new Set<string>();
  private readonly asked: AskedForProtection[] = [];
  private through = -1;
  private stoppedFrom: number | undefined;
  /** Undefined: the stream does not exist. */
  revision: number | undefined;

  get day(): SignalDay {
    const { through, persons, asked, stoppedFrom } = this;
    return { through, persons, asked, ...(stoppedFrom === undefined ? {} : { stoppedFrom }) };
  }

  take({ through, persons, asked, stoppedFrom }: SignalDayCountedData, revision: number): void {
    for (const person of persons) this.persons.add(person);
    this.asked.push(...asked);
    this.through = through;
    this.stoppedFrom = stoppedFrom;
    this.revision = revision;
  }
}

/** @throws StoreUnavailable */
export const readSignalDay = async (store: EventStore, stream: string): Promise<StoredSignalDay> => {
  const stored = new StoredSignalDay();
  for (let from = 0; ; from += PAGE) {
    const page = await store.read(stream, { from, limit: PAGE });
    for (const { data, revision } of page) stored.take(data as unknown as SignalDayCountedData, revision);
    if (page.length < PAGE) return stored;
  }
};
