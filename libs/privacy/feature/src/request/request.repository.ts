import { Inject, Injectable } from '@nestjs/common';
import { privacyRequestStream } from '@registry/contracts';
import { EVENT_STORE, RevisionConflict, type EventStore, type RecordedEvent } from '@registry/event-store';
import { derivedEventId } from '@registry/messaging';
import {
  decideRequest,
  evolveRequest,
  initialRequestState,
  type RequestCommand,
  type RequestEvent,
  type RequestState,
} from '@registry/privacy-domain';

export interface LoadedRequest {
  readonly state: RequestState;
  readonly revision: number | 'none';
  readonly events: readonly RecordedEvent[];
}

const ATTEMPTS = 3;

/** Loads and appends one Privacy Setting Change Request's stream. */
@Injectable()
export class RequestRepository {
  constructor(@Inject(EVENT_STORE) private readonly store: EventStore) {}

  async load(requestId: string): Promise<LoadedRequest> {
    const events = await this.store.read(privacyRequestStream(requestId));
    const state = events.reduce(
      (before, event) => evolveRequest(before, event as unknown as RequestEvent),
      initialRequestState,
    );
    return { state, events, revision: events.at(-1)?.revision ?? 'none' };
  }

  /**
   * Decides a person's command; a conflict decides again, three times at most.
   * @param commandId makes a retry of the same command the same append
   * @throws PrivacyError the rules refuse it @throws RevisionConflict
   */
  async execute(requestId: string, command: RequestCommand, commandId: string, actor: string): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        await this.append(requestId, command, (index) => derivedEventId('command', commandId, index), {
          actor,
        });
        return;
      } catch (error) {
        if (!(error instanceof RevisionConflict) || attempt === ATTEMPTS) throw error;
      }
    }
  }

  /** Decides a reactor's command; a repeat appends nothing. */
  async react(requestId: string, command: RequestCommand, causationId: string, group: string): Promise<void> {
    await this.append(requestId, command, (index) => derivedEventId(group, causationId, requestId, index), {
      actor: group,
      causationId,
    });
  }

  private async append(
    requestId: string,
    command: RequestCommand,
    idOf: (index: number) => string,
    metadata: { readonly actor: string; readonly causationId?: string },
  ): Promise<void> {
    const { state, revision } = await this.load(requestId);
    const events = decideRequest(command, state);
    if (events.length === 0) return;
    await this.store.append(
      privacyRequestStream(requestId),
      revision,
      events.map((event, index) => ({
        id: idOf(index),
        type: event.type,
        data: event.data,
        metadata: { schemaVersion: 1, ...metadata },
      })),
    );
  }
}
