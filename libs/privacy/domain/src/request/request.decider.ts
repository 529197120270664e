import { assertNever, PrivacyError } from '../privacy-error.js';
import { AUTHORITY_POLICY } from './authority.js';
import type { Authority, RequestCommand } from './request.commands.js';
import type { RequestedChange, RequestEvent, Resolved } from './request.events.js';
import type { RequestState } from './request.state.js';

/** Kinds that are loosening whatever the setting is: two of staff must stand behind them (DOMAIN 2.5). */
const LOOSENING: readonly RequestedChange['kind'][] = ['unlock', 're-lock', 'opt-in', 'accept-reminders'];

/** @throws PrivacyError with a stable code when the command does not fit the request's state */
export const decideRequest = (command: RequestCommand, state: RequestState): RequestEvent[] => {
  switch (command.type) {
    case 'SubmitRequest':
      return submit(command, state);
    case 'VerifyRequest': {
      const { verifiedBy, evidence, agreement, authority } = command;
      if (state.status === 'submitted' || state.status === 'disputed') {
        mustStand(authority, evidence);
        const data = { verifiedBy, evidence, ...(agreement === undefined ? {} : { agreement }) };
        return [{ type: 'PrivacyRequestVerified', data }];
      }
      if (state.status === 'verified' || wasApproved(state)) return [];
      throw refusal(state);
    }
    case 'ApproveRequest': {
      const { approvedBy, authority, watch } = command;
      if (state.status === 'verified' || state.status === 'needs-second') {
        mustStand(authority, state.evidence);
        const alone = approvedBy === state.verifiedBy;
        if (alone && (state.status === 'needs-second' || LOOSENING.includes(state.change.kind)))
          throw new PrivacyError('PRIVACY.SECOND_STAFF_NEEDED');
        return [approved(state, approvedBy, state.resolved, watch)];
      }
      if (state.status === 'disputed') throw new PrivacyError('PRIVACY.REQUEST_DISPUTED');
      if (wasApproved(state)) return [];
      throw state.status === 'submitted' ? new PrivacyError('PRIVACY.REQUEST_NOT_VERIFIED') : refusal(state);
    }
    case 'ChooseCandidate': {
      if (state.status !== 'needs-review') {
        if (wasApproved(state)) return [];
        throw refusal(state);
      }
      const personId = state.candidates[command.candidate];
      if (personId === undefined) throw new PrivacyError('PRIVACY.CANDIDATE_UNKNOWN');
      return [approved(state, command.approvedBy, { personId })];
    }
    case 'RejectRequest':
      if (state.status === 'rejected') return [];
      if (isOpen(state)) {
        const { rejectedBy, reason } = command;
        return [{ type: 'PrivacyRequestRejected', data: { rejectedBy, reason } }];
      }
      throw refusal(state);
    case 'EndWithAuthority': {
      if (state.status !== 'approved' && state.status !== 'watching') return [];
      const data = { rejectedBy: command.foundBy, reason: 'authority-ended' } as const;
      return [{ type: 'PrivacyRequestRejected', data }];
    }
    case 'ReplaceRequest':
      // What is being applied, or was decided, is not open any more.
      return isOpen(state) || state.status === 'watching'
        ? [{ type: 'PrivacyRequestReplaced', data: { by: command.by } }]
        : [];
    case 'RecordApplied': {
      if (state.status === 'applied') return [];
      if (state.status !== 'approved' && state.status !== 'watching') throw refusal(state);
      const { personId, settingRevision, effectiveAt } = command;
      const at = effectiveAt === undefined ? {} : { effectiveAt };
      return [{ type: 'PrivacyRequestApplied', data: { personId, settingRevision, ...at } }];
    }
    case 'Watch':
      return state.status === 'approved' ? [{ type: 'PrivacyRequestWatched', data: {} }] : [];
    case 'SendToReview': {
      if (state.status === 'needs-review') return [];
      if (state.status !== 'approved' && state.status !== 'watching') throw refusal(state);
      const { candidates } = command;
      const more = candidates === undefined ? {} : { candidates };
      return [{ type: 'PrivacyRequestNeedsReview', data: { reason: 'more-than-one-person', ...more } }];
    }
    case 'AskForSecond':
      if (state.status !== 'approved' && state.status !== 'watching') return [];
      return [{ type: 'PrivacyRequestNeedsSecond', data: { resolved: command.resolved } }];
    case 'Dispute':
      if (state.status !== 'approved' && state.status !== 'watching') return [];
      return [{ type: 'PrivacyRequestDisputed', data: { resolved: command.resolved } }];
    default:
      return assertNever(command);
  }
};

const submit = (
  { type: _type, holderIsProvider, authority, ...data }: RequestCommand & { type: 'SubmitRequest' },
  state: RequestState,
): RequestEvent[] => {
  if (state.status !== 'absent') {
    if (state.digest === data.digest) return [];
    throw new PrivacyError('IDEMPOTENCY.KEY_REUSED');
  }
  // A lock is held by a provider, never by a school or an insurer (DOMAIN 3.2).
  if ('organizationId' in data.change && holderIsProvider !== true)
    throw new PrivacyError('PRIVACY.HOLDER_NOT_A_PROVIDER');
  if (authority === 'ended') throw new PrivacyError('PRIVACY.AUTHORITY_ENDED');
  return [{ type: 'PrivacyRequestSubmitted', data }];
};

const approved = (
  { sealedForm }: { readonly sealedForm: string },
  approvedBy: string,
  resolved: Resolved | undefined,
  watch?: boolean,
): RequestEvent => ({
  type: 'PrivacyRequestApproved',
  data: {
    approvedBy,
    sealedForm,
    ...(watch === true ? { watch } : {}),
    ...(resolved === undefined ? {} : { resolved }),
  },
});

/** @param evidence by which a minor may speak alone */
const mustStand = (authority: Authority, evidence: string): void => {
  if (authority === 'ended') throw new PrivacyError('PRIVACY.AUTHORITY_ENDED');
  if (authority === 'minor-alone' && !AUTHORITY_POLICY.minorEvidence.includes(evidence))
    throw new PrivacyError('PRIVACY.MINOR_ALONE');
};

const OPEN: readonly RequestState['status'][] = [
  'submitted',
  'verified',
  'needs-review',
  'needs-second',
  'disputed',
];

const isOpen = (state: RequestState): boolean => OPEN.includes(state.status);

const wasApproved = ({ status }: RequestState): boolean =>
  status === 'approved' ||
  status === 'watching' ||
  status === 'needs-review' ||
  status === 'needs-second' ||
  status === 'applied';

const refusal = (state: RequestState): PrivacyError =>
  new PrivacyError(state.status === 'absent' ? 'PRIVACY.REQUEST_UNKNOWN' : 'PRIVACY.REQUEST_ALREADY_DECIDED');
