import { Inject, Injectable } from '@nestjs/common';
import { submissionStream } from '@registry/contracts';
import { EVENT_STORE, type EventStore } from '@registry/event-store';
import {
  decideSubmission,
  evolveSubmission,
  initialSubmissionState,
  type SubmissionCommand,
  type SubmissionEvent,
  type SubmissionState,
} from '@registry/ingestion-domain';
import { derivedEventId } from '@registry/messaging';

/** Loads and appends one submission's stream. */
@Injectable()
export class SubmissionRepository {
  constructor(@Inject(EVENT_STORE) private readonly store: EventStore) {}

  async load(
    submissionId: string,
  ): Promise<{ readonly state: SubmissionState; readonly revision: number | 'none' }> {
    const recorded = await this.store.read(submissionStream(submissionId));
    const state = recorded.reduce(
      (before, event) => evolveSubmission(before, event as unknown as SubmissionEvent),
      initialSubmissionState,
    );
    return { state, revision: recorded.at(-1)?.revision ?? 'none' };
  }

  /**
   * Decides a reactor's command on the current state and appends what follows; a repeat appends nothing.
   * @throws RevisionConflict somebody else went on meanwhile: the message comes again
   */
  async react(
    submissionId: string,
    command: SubmissionCommand,
    causationId: string,
    group: string,
  ): Promise<void> {
    const { state, revision } = await this.load(submissionId);
    const events = decideSubmission(command, state);
    if (events.length === 0) return;
    await this.store.append(
      submissionStream(submissionId),
      revision,
      events.map((event, index) => ({
        id: derivedEventId(group, causationId, index),
        type: event.type,
        data: event.data,
        metadata: { schemaVersion: 1, causationId, actor: group },
      })),
    );
  }
}
