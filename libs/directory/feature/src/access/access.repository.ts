import { Inject, Injectable } from '@nestjs/common';
import { EVENT_STORE, RevisionConflict, type EventStore } from '@registry/event-store';
import type { AccessEvent } from '@registry/directory-domain';

const ATTEMPTS = 3;

/** Reads and appends the directory's streams, whose heads are the state. */
@Injectable()
export class AccessRepository {
  constructor(@Inject(EVENT_STORE) private readonly store: EventStore) {}

  /** The state at each stream's head, in one call. */
  async statesOf(streams: readonly string[]): Promise<unknown[]> {
    return (await this.store.heads(streams)).map((head) => head?.data['state']);
  }

  async stateOf<State>(stream: string): Promise<State | undefined> {
    const [state] = await this.statesOf([stream]);
    return state as State | undefined;
  }

  /**
   * Decides on the head and appends; a conflict decides again, three times at most.
   * @param idOf event id by index: derived from what causes the events, so that a retry is the same append
   * @returns the state after it @throws RevisionConflict @throws DirectoryError
   */
  async execute<State>(
    stream: string,
    decide: (state: State | undefined) => AccessEvent[],
    idOf: (index: number) => string,
    metadata: { readonly actor: string; readonly causationId?: string },
  ): Promise<State | undefined> {
    for (let attempt = 1; ; attempt += 1) {
      const [head] = await this.store.heads([stream]);
      const state = head?.data['state'] as State | undefined;
      const events = decide(state);
      const last = events.at(-1);
      if (last === undefined) return state;
      try {
        await this.store.append(
          stream,
          head?.revision ?? 'none',
          events.map((event, index) => ({
            id: idOf(index),
            type: event.type,
            data: { state: { ...event.data.state } },
            metadata: { schemaVersion: 1, ...metadata },
          })),
        );
        return last.data.state as State;
      } catch (error) {
        if (!(error instanceof RevisionConflict) || attempt === ATTEMPTS) throw error;
      }
    }
  }
}
