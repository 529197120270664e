import { Inject, Injectable } from '@nestjs/common';
import { EVENT_STORE, RevisionConflict, type EventStore } from '@registry/event-store';
import {
  decideReview,
  evolveReview,
  initialReviewState,
  type ReviewCommand,
  type ReviewEvent,
  type ReviewState,
} from '@registry/identity-domain';
import { derivedEventId } from '@registry/messaging';
import { reviewStream } from './review.topic.js';

const ATTEMPTS = 3;

/** Loads and appends one review's stream. */
@Injectable()
export class ReviewRepository {
  constructor(@Inject(EVENT_STORE) private readonly store: EventStore) {}

  async load(reviewId: string): Promise<{ readonly state: ReviewState; readonly revision: number | 'none' }> {
    const events = await this.store.read(reviewStream(reviewId));
    const state = events.reduce(
      (before, event) => evolveReview(before, event as unknown as ReviewEvent),
      initialReviewState,
    );
    return { state, revision: events.at(-1)?.revision ?? 'none' };
  }

  /**
   * Decides a command on the present state and appends what follows; a repeat appends nothing, a conflict decides again.
   * @param cause of a reactor, its message; of a person's command, whatever names it
   * @throws ReviewError the rules refuse it @throws RevisionConflict
   */
  async execute(
    reviewId: string,
    command: ReviewCommand,
    cause: string,
    metadata: { readonly actor: string; readonly causationId?: string },
  ): Promise<ReviewState> {
    for (let attempt = 1; ; attempt += 1) {
      const { state, revision } = await this.load(reviewId);
      const events = decideReview(command, state);
      if (events.length === 0) return state;
      try {
        await this.store.append(
          reviewStream(reviewId),
          revision,
          events.map(({ type, data }, index) => ({
            id: derivedEventId('identity-review', cause, reviewId, command.type, index),
            type,
            data: { ...data },
            metadata: { schemaVersion: 1, ...metadata },
          })),
        );
        return events.reduce(evolveReview, state);
      } catch (error) {
        if (!(error instanceof RevisionConflict) || attempt === ATTEMPTS) throw error;
      }
    }
  }
}
