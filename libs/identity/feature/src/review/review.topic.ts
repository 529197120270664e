import type { TopicDeclaration } from '@registry/messaging';

/** How reviews of possible matches progress, and what staff decided. */
export const reviewTopic: TopicDeclaration = {
  topic: 'identity.reviews.v1',
  categories: ['review'],
  toContract: () => undefined,
};
