import type { ContractEvent } from '@registry/contracts';
import type { RecordedEvent } from '@registry/event-store';
import type { IdentityDecision } from '@registry/identity-domain';
import type { TopicDeclaration } from '@registry/messaging';

/** Who is who: persons, links and resolved requests; the explanations stay here. */
export const decisionTopic: TopicDeclaration = {
  topic: 'identity.decisions.v1',
  categories: ['identity'],
  toContract: (recorded: RecordedEvent): ContractEvent | undefined => {
    const event = recorded as unknown as IdentityDecision;
    const { id, revision, position, recordedAt } = recorded;
    const envelope = { id, type: event.type, revision, position, recordedAt };
    switch (event.type) {
      case 'PersonRegistered': {
        return { ...envelope, key: event.data.personId, data: { ...event.data } };
      }
      case 'SubmissionLinked': {
        const { submissionId, personId, organizationId, clientId, receivedAt } = event.data;
        return {
          ...envelope,
          key: personId,
          data: { submissionId, personId, organizationId, clientId, receivedAt },
        };
      }
      case 'RosterEntryMatched': {
        const { explanation: _explanation, ...data } = event.data;
        return { ...envelope, key: data.personId, data };
      }
      case 'SubmissionUnmatched': {
        const { submissionId } = event.data;
        return { ...envelope, key: submissionId, data: { submissionId } };
      }
      case 'RequestResolved': {
        const { explanation: _explanation, ...data } = event.data;
        return { ...envelope, key: data.personId, data };
      }
      case 'RequestAmbiguous':
        return { ...envelope, key: event.data.requestId, data: { ...event.data } };
      case 'RequestWatched':
        return { ...envelope, key: event.data.requestId, data: { ...event.data } };
      case 'PersonsMerged':
      case 'PersonsUnmerged':
        return { ...envelope, key: event.data.survivorId, data: { ...event.data } };
      case 'SubmissionAssigned':
        return { ...envelope, key: event.data.personId, data: { ...event.data } };
      case 'PersonKeptApart': {
        const { personId, reviewId } = event.data;
        return { ...envelope, key: personId, data: { personId, reviewId } };
      }
      case 'UnmergeRefused': {
        const { mergeId } = event.data;
        return { ...envelope, key: mergeId, data: { mergeId } };
      }
      default:
        return undefined;
    }
  },
};
