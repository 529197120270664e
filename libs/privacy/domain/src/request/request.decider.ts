import { assertNever, PrivacyError } from '../privacy-error.js';
import type { RequestCommand } from './request.commands.js';
import type { RequestEvent } from './request.events.js';
import type { RequestState } from './request.state.js';

/** @throws PrivacyError with a stable code when the command does not fit the request's state */
export const decideRequest = (command: RequestCommand, state: RequestState): RequestEvent[] => {
  switch (command.type) {
    case 'SubmitRequest': {
      if (state.status !== 'absent') {
        if (state.digest === command.digest) return [];
        throw new PrivacyError('IDEMPOTENCY.KEY_REUSED');
      }
      // A lock is held by a provider, never by a school or an insurer (DOMAIN 3.2).
      if ('organizationId' in command.change && command.holderIsProvider !== true) {
        throw new PrivacyError('PRIVACY.HOLDER_NOT_A_PROVIDER');
      }
      const { change, capacity, sealedForm, digest, submittedBy, receivedAt, dueAt } = command;
      return [
        {
          type: 'PrivacyRequestSubmitted',
          data: { change, capacity, sealedForm, digest, submittedBy, receivedAt, dueAt },
        },
      ];
    }
    case 'VerifyRequest':
      if (state.status === 'verified' || isApproved(state)) return [];
      if (state.status === 'submitted') {
        return [
          {
            type: 'PrivacyRequestVerified',
            data: { verifiedBy: command.verifiedBy, evidence: command.evidence },
          },
        ];
      }
      throw refusal(state);
    case 'ApproveRequest':
      if (isApproved(state)) return [];
      if (state.status === 'verified') {
        return [
          {
            type: 'PrivacyRequestApproved',
            data: { approvedBy: command.approvedBy, sealedForm: state.sealedForm },
          },
        ];
      }
      throw state.status === 'submitted' ? new PrivacyError('PRIVACY.REQUEST_NOT_VERIFIED') : refusal(state);
    case 'RejectRequest':
      if (state.status === 'rejected') return [];
      if (state.status === 'submitted' || state.status === 'verified' || state.status === 'needs-review') {
        return [
          {
            type: 'PrivacyRequestRejected',
            data: { rejectedBy: command.rejectedBy, reason: command.reason },
          },
        ];
      }
      throw refusal(state);
    case 'RecordApplied':
      if (state.status === 'applied') return [];
      if (state.status === 'approved' || state.status === 'needs-review') {
        const { personId, settingRevision } = command;
        return [{ type: 'PrivacyRequestApplied', data: { personId, settingRevision } }];
      }
      throw refusal(state);
    case 'SendToReview':
      if (state.status === 'needs-review') return [];
      if (state.status === 'approved') {
        return [{ type: 'PrivacyRequestNeedsReview', data: { reason: 'more-than-one-person' } }];
      }
      throw refusal(state);
    default:
      return assertNever(command);
  }
};

const isApproved = (state: RequestState): boolean =>
  state.status === 'approved' || state.status === 'needs-review' || state.status === 'applied';

const refusal = (state: RequestState): PrivacyError =>
  new PrivacyError(state.status === 'absent' ? 'PRIVACY.REQUEST_UNKNOWN' : 'PRIVACY.REQUEST_ALREADY_DECIDED');
