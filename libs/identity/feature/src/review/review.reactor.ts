import { readContractEvent } from '@registry/contracts';
import { ReviewError } from '@registry/identity-domain';
import {
  derivedEventId,
  reactor,
  type Consumer,
  type ConsumerTrouble,
  type Delivery,
  type Messaging,
} from '@registry/messaging';
import type { ReadModel } from '@registry/persistence';
import type { ReviewRepository } from './review.repository.js';

const GROUP = 'identity-reviews';

export interface ReviewReactorParts {
  readonly reviews: ReviewRepository;
  readonly messaging: Messaging;
  readonly readModel: ReadModel;
  readonly onTrouble: (trouble: ConsumerTrouble) => void;
}

/** The review of a person, or of a submission that an un-merge left to nobody. */
const reviewIdOf = (...subject: string[]): string => derivedEventId('identity-review', ...subject);

/**
 * Opens a review for each person whose privacy says that it is under one, and for each submission that an un-merge leaves to nobody; completes
 * it when what was decided has been carried out.
 */
export const reviewReactor = ({ reviews, messaging, readModel, onTrouble }: ReviewReactorParts): Consumer =>
  reactor(messaging, {
    group: GROUP,
    topics: ['privacy.settings.v1', 'identity.decisions.v1'],
    readModel,
    onTrouble,
    react: async (delivery) => {
      if (delivery.topic === 'privacy.settings.v1') await follow(reviews, delivery);
      else await complete(reviews, delivery);
    },
  });

const follow = async (reviews: ReviewRepository, { event: delivered }: Delivery): Promise<void> => {
  const event = readContractEvent('privacy.settings.v1', delivered);
  if (event.type !== 'PrivacySettingChanged' || event.data.review === undefined) return;
  const { personId, review } = event.data;
  const { kind, candidates } = review;
  const reviewId = reviewIdOf(personId);
  const metadata = { actor: GROUP, causationId: event.id };
  const opened = { kind, personId, candidates, openedAt: event.recordedAt };
  await reviews.execute(reviewId, { type: 'OpenReview', opened }, event.id, metadata);
  if (kind === 'held')
    await reviews.execute(reviewId, { type: 'HoldReview', at: event.recordedAt }, event.id, metadata);
};

const complete = async (reviews: ReviewRepository, { event: delivered }: Delivery): Promise<void> => {
  const event = readContractEvent('identity.decisions.v1', delivered);
  const metadata = { actor: GROUP, causationId: event.id };
  const done = async (reviewId: string, outcome: 'merged' | 'different' | 'assigned' | 'unmerged') => {
    try {
      await reviews.execute(reviewId, { type: 'CompleteReview', outcome }, event.id, metadata);
    } catch (error) {
      // Persons can be merged without a review.
      if (!(error instanceof ReviewError)) throw error;
    }
  };
  switch (event.type) {
    case 'PersonsMerged':
      return done(event.data.mergeId, 'merged');
    case 'PersonKeptApart':
      return done(event.data.reviewId, 'different');
    case 'SubmissionAssigned':
      return done(event.data.reviewId, 'assigned');
    case 'UnmergeRefused':
      await reviews.execute(event.data.mergeId, { type: 'RefuseUnmerge' }, event.id, metadata);
      return undefined;
    case 'PersonsUnmerged': {
      const { mergeId, survivorId, absorbedId, unassigned } = event.data;
      for (const { submissionId, organizationId, receivedAt } of unassigned) {
        const opened = {
          kind: 'unassigned' as const,
          personId: survivorId,
          candidates: [survivorId, absorbedId],
          submission: { submissionId, organizationId, receivedAt },
          openedAt: event.recordedAt,
        };
        await reviews.execute(
          reviewIdOf(submissionId, mergeId),
          { type: 'OpenReview', opened },
          event.id,
          metadata,
        );
      }
      return done(mergeId, 'unmerged');
    }
    default:
      return undefined;
  }
};
