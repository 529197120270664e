import type { TopicDeclaration } from '@registry/messaging';

/** Identity's decisions, as a test appends them. */
export const identityDecisions: TopicDeclaration = {
  topic: 'identity.decisions.v1',
  categories: ['identity'],
  toContract: ({ id, type, data, revision, position, recordedAt }) => ({
    id,
    type,
    key: data['personId'] as string,
    revision,
    position,
    recordedAt,
    data,
  }),
};
