import type { ContractEvent } from '@registry/contracts';
import type { RecordedEvent } from '@registry/event-store';
import type { Relationship } from '@registry/directory-domain';
import type { TopicDeclaration } from '@registry/messaging';

/** Service relationships, each event with the full resulting state; key = person id. */
export const relationshipTopic: TopicDeclaration = {
  topic: 'directory.relationships.v1',
  categories: ['relationship'],
  toContract: (recorded: RecordedEvent): ContractEvent => {
    const { id, revision, position, recordedAt, data } = recorded;
    const state = data['state'] as unknown as Relationship;
    return {
      id,
      type: 'RelationshipChanged',
      key: state.personId,
      revision,
      position,
      recordedAt,
      data: { state },
    };
  },
};
