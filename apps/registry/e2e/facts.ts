import { join } from 'node:path';
import {
  categoryOf,
  openEventStoreDb,
  openPostgresEventStore,
  openSqliteEventStore,
  type EventStore,
  type Position,
  type RecordedEvent,
} from '@registry/event-store';

/** The facts of a data folder, read beside the program that keeps them. */
export class Facts {
  private constructor(private readonly store: EventStore) {}

  /** @param environment as the program was started with */
  static async open(folder: string, environment: Readonly<Record<string, string>> = {}): Promise<Facts> {
    const { EVENT_STORE, EVENTSTORE_URL, POSTGRES_URL } = environment;
    if (EVENT_STORE === 'eventstoredb')
      return new Facts(await openEventStoreDb({ connectionString: EVENTSTORE_URL ?? '' }));
    return new Facts(
      POSTGRES_URL === undefined
        ? await openSqliteEventStore({ file: join(folder, 'events.db'), readOnly: true })
        : await openPostgresEventStore({ connectionString: POSTGRES_URL }),
    );
  }

  /** All events after a position, in log order, and where they end. */
  async since(
    after: Position | undefined,
  ): Promise<{ readonly events: readonly RecordedEvent[]; readonly position: Position | undefined }> {
    const events: RecordedEvent[] = [];
    let position = after;
    for (;;) {
      const page = await this.store.readAll({ after: position, limit: 1_000 });
      events.push(...page.events);
      position = page.position ?? position;
      if (page.caughtUp) return { events, position };
    }
  }

  async all(): Promise<readonly RecordedEvent[]> {
    return (await this.since(undefined)).events;
  }

  stream(name: string): Promise<RecordedEvent[]> {
    return this.store.read(name);
  }

  async head(name: string): Promise<RecordedEvent | undefined> {
    const [head] = await this.store.heads([name]);
    return head;
  }

  close(): Promise<void> {
    return this.store.close();
  }
}

/** `submission:SubmissionReceived` */
export const kindOf = (event: RecordedEvent): string => `${categoryOf(event.stream)}:${event.type}`;
