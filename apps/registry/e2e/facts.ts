import { join } from 'node:path';
import {
  categoryOf,
  openSqliteEventStore,
  type EventStore,
  type Position,
  type RecordedEvent,
} from '@registry/event-store';

/** The facts of a data folder, read beside the program that keeps them. */
export class Facts {
  private constructor(private readonly store: EventStore) {}

  static async open(folder: string): Promise<Facts> {
    return new Facts(await openSqliteEventStore({ file: join(folder, 'events.db'), readOnly: true }));
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
