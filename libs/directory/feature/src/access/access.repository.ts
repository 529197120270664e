import { Inject, Injectable } from '@nestjs/common';
import { EVENT_STORE, RevisionConflict, type EventStore, type RecordedEvent } from '@registry/event-store';
import type { AccessEvent } from '@registry/directory-domain';

const ATTEMPTS = 3;

export interface Metadata {
  readonly actor: string;
  readonly causationId?: string;
}

/** An event that was decided on, with what it is appended under. */
export interface Decided {
  readonly event: AccessEvent;
  /** Derived from what causes the event, so that a retry is the same append. */
  readonly id: string;
  readonly metadata: Metadata;
}

/** What to do about one stream. */
export interface Work<State> {
  readonly stream: string;
  /** May be asked again, about another state. */
  readonly decide: (state: State | undefined) => readonly Decided[];
}

/** Reads and appends the directory's streams, whose heads are the state. */
@Injectable()
export class AccessRepository {
  constructor(@Inject(EVENT_STORE) private readonly store: EventStore) {}

  /** The state at each stream's head, in one call. */
  async statesOf<State>(streams: readonly string[]): Promise<(State | undefined)[]> {
    return (await this.store.heads(streams)).map((head) => head?.data['state'] as State | undefined);
  }

  async stateOf<State>(stream: string): Promise<State | undefined> {
    const [state] = await this.statesOf<State>([stream]);
    return state;
  }

  /**
   * Decides on the head and appends; a conflict decides again, three times at most.
   * @returns the state after it @throws RevisionConflict @throws DirectoryError
   */
  async execute<State>(
    stream: string,
    decide: (state: State | undefined) => AccessEvent[],
    idOf: (index: number) => string,
    metadata: Metadata,
  ): Promise<State | undefined> {
    const [head] = await this.store.heads([stream]);
    const work: Work<State> = {
      stream,
      decide: (state) => decide(state).map((event, index) => ({ event, id: idOf(index), metadata })),
    };
    return this.append(work, head);
  }

  /**
   * The same for many different streams: their heads are read in one call, and what is to be appended is so side by side, so that
   * the store can put it into one flush.
   * @returns how many events were appended; settles when no append is under way any more
   */
  async executeEach<State>(works: readonly Work<State>[]): Promise<number> {
    const heads = await this.store.heads(works.map(({ stream }) => stream));
    let appended = 0;
    const results = await Promise.allSettled(
      works.map(({ stream, decide }, index) => {
        const counting = (state: State | undefined): readonly Decided[] => {
          const decided = decide(state);
          appended += decided.length;
          return decided;
        };
        return this.append({ stream, decide: counting }, heads[index]);
      }),
    );
    for (const result of results) if (result.status === 'rejected') throw result.reason;
    return appended;
  }

  private async append<State>(
    { stream, decide }: Work<State>,
    head: RecordedEvent | undefined,
  ): Promise<State | undefined> {
    for (let attempt = 1; ; attempt += 1) {
      const state = head?.data['state'] as State | undefined;
      const decided = decide(state);
      const last = decided.at(-1);
      if (last === undefined) return state;
      try {
        await this.store.append(
          stream,
          head?.revision ?? 'none',
          decided.map(({ event, id, metadata }) => ({
            id,
            type: event.type,
            data: { state: { ...event.data.state } as unknown as RecordedEvent['data'] },
            metadata: { schemaVersion: 1, ...metadata },
          })),
        );
        return last.event.data.state as State;
      } catch (error) {
        if (!(error instanceof RevisionConflict) || attempt === ATTEMPTS) throw error;
        [head] = await this.store.heads([stream]);
      }
    }
  }
}
