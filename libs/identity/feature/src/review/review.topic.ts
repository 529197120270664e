import type { ContractEvent, ReviewProgressed } from '@registry/contracts';
import type { RecordedEvent } from '@registry/event-store';
import type { ReviewDecidedData, ReviewEvent } from '@registry/identity-domain';
import type { TopicDeclaration } from '@registry/messaging';

const PREFIX = 'review-';

export const reviewStream = (reviewId: string): string => `${PREFIX}${reviewId}`;

/** How reviews of possible matches progress, and what staff decided. */
export const reviewTopic: TopicDeclaration = {
  topic: 'identity.reviews.v1',
  categories: ['review'],
  toContract: (recorded: RecordedEvent): ContractEvent | undefined => {
    const event = recorded as unknown as ReviewEvent;
    const reviewId = recorded.stream.slice(PREFIX.length);
    const { id, revision, position, recordedAt } = recorded;
    const envelope = { id, key: reviewId, revision, position, recordedAt };
    const progressed = (
      status: ReviewProgressed['status'],
      opened?: ReviewProgressed['opened'],
    ): ContractEvent<'ReviewProgressed', ReviewProgressed> => ({
      ...envelope,
      type: 'ReviewProgressed',
      data: { reviewId, status, ...(opened === undefined ? {} : { opened }) },
    });
    switch (event.type) {
      case 'ReviewOpened': {
        const { kind, openedAt, dueAt } = event.data;
        return progressed('open', { kind, openedAt, dueAt });
      }
      case 'ReviewHeld':
        return progressed('open', { kind: 'held', openedAt: recordedAt, dueAt: event.data.dueAt });
      case 'ReviewDecided':
        return { ...envelope, ...orderOf(reviewId, event.data) };
      case 'UnmergeOrdered':
        // A review makes one merge at most, which is called after it.
        return { ...envelope, type: 'UnmergeOrdered', data: { reviewId, mergeId: reviewId } };
      case 'UnmergeRefused':
        return progressed('merged');
      case 'ReviewCompleted':
        return progressed(event.data.outcome);
      default:
        return undefined;
    }
  },
};

const orderOf = (
  reviewId: string,
  { candidateId, personId, candidates, submission }: ReviewDecidedData,
): Pick<ContractEvent, 'type' | 'data'> => {
  if (candidateId === undefined)
    return { type: 'KeepApartDecided', data: { reviewId, personId, others: [...candidates] } };
  if (submission !== undefined)
    return { type: 'AssignmentDecided', data: { reviewId, ...submission, personId: candidateId } };
  return {
    type: 'MergeDecided',
    data: { reviewId, mergeId: reviewId, survivorId: candidateId, absorbedId: personId },
  };
};
