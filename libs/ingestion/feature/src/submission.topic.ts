import type { ContractEvent, SubmissionReceived, SubmissionSuppressed } from '@registry/contracts';
import type { RecordedEvent } from '@registry/event-store';
import type { SubmissionEvent } from '@registry/ingestion-domain';
import type { TopicDeclaration } from '@registry/messaging';

const PREFIX = 'submission-';

/** Received, suppressed and destroyed submissions; content leaves sealed. */
export const submissionTopic: TopicDeclaration = {
  topic: 'ingestion.submissions.v1',
  categories: ['submission'],
  toContract: (recorded: RecordedEvent): ContractEvent | undefined => {
    const event = recorded as unknown as SubmissionEvent;
    const submissionId = recorded.stream.slice(PREFIX.length);
    const { id, revision, position, recordedAt } = recorded;
    const envelope = { id, key: submissionId, revision, position, recordedAt };
    switch (event.type) {
      case 'SubmissionReceived': {
        const { clientId, organizationId, kind, sealed } = event.data;
        const data: SubmissionReceived = { submissionId, clientId, organizationId, kind, sealed };
        return { ...envelope, type: event.type, data };
      }
      case 'SubmissionSuppressed': {
        const data: SubmissionSuppressed = { submissionId, personId: event.data.personId };
        return { ...envelope, type: event.type, data };
      }
      case 'ContentDestroyed':
        return { ...envelope, type: event.type, data: { submissionId } };
      default:
        return undefined;
    }
  },
};
