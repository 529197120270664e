import type { ContractEvent, PrivacyRequestApproved, PrivacyRequestProgressed } from '@registry/contracts';
import type { RecordedEvent } from '@registry/event-store';
import type { TopicDeclaration } from '@registry/messaging';
import type { RequestEvent } from '@registry/privacy-domain';

const PREFIX = 'privacyRequest-';

/** How requests progress; an approved one carries its sealed form, for identity to find the person. */
export const requestTopic: TopicDeclaration = {
  topic: 'privacy.requests.v1',
  categories: ['privacyRequest'],
  toContract: (recorded: RecordedEvent): ContractEvent | undefined => {
    const event = recorded as unknown as RequestEvent;
    const requestId = recorded.stream.slice(PREFIX.length);
    const { id, revision, position, recordedAt } = recorded;
    const envelope = { id, key: requestId, revision, position, recordedAt };
    const progressed = (
      status: PrivacyRequestProgressed['status'],
      rest: Partial<PrivacyRequestProgressed> = {},
    ): ContractEvent<'PrivacyRequestProgressed', PrivacyRequestProgressed> => ({
      ...envelope,
      type: 'PrivacyRequestProgressed',
      data: { requestId, status, ...rest },
    });
    switch (event.type) {
      case 'PrivacyRequestSubmitted': {
        const { change, receivedAt, dueAt, subject } = event.data;
        return progressed('submitted', {
          submitted: {
            change: change.kind,
            receivedAt,
            dueAt,
            ...(subject === undefined ? {} : { subject }),
          },
        });
      }
      case 'PrivacyRequestVerified':
        return progressed('verified');
      case 'PrivacyRequestApproved': {
        const { sealedForm, watch, resolved } = event.data;
        const data: PrivacyRequestApproved = {
          requestId,
          status: 'approved',
          sealedForm,
          ...(watch === undefined ? {} : { watch }),
          ...(resolved === undefined ? {} : { resolved: { ...resolved } }),
        };
        return { ...envelope, type: 'PrivacyRequestApproved', data };
      }
      case 'PrivacyRequestNeedsReview':
        return progressed('needs-review');
      case 'PrivacyRequestWatched':
        return progressed('watching');
      case 'PrivacyRequestNeedsSecond':
        return progressed('needs-second');
      case 'PrivacyRequestDisputed':
        return progressed('disputed');
      case 'PrivacyRequestReplaced':
        return progressed('replaced');
      case 'PrivacyRequestRejected':
        return progressed('rejected');
      case 'PrivacyRequestApplied':
        return progressed('applied');
      default:
        return undefined;
    }
  },
};
