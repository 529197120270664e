import { assertNever } from '../privacy-error.js';
import type { Agreement, Capacity, RequestedChange, RequestEvent, Resolved } from './request.events.js';

/** Known of every request, however far it is: a submission under the same id is the same one or another's. */
interface Named {
  readonly digest?: string;
}

interface Submitted extends Named {
  readonly change: RequestedChange;
  readonly capacity: Capacity;
  readonly sealedForm: string;
  readonly receivedAt: string;
  readonly requester?: string;
  readonly signedOn?: string;
  /** Known from an earlier approval. */
  readonly resolved?: Resolved;
}

interface Verified extends Submitted {
  readonly verifiedBy: string;
  readonly evidence: string;
  readonly agreement?: Agreement;
}

interface Approved extends Verified {
  readonly approvedBy: string;
}

export type RequestState =
  | { readonly status: 'absent' }
  | ({ readonly status: 'submitted' } & Submitted)
  | ({ readonly status: 'verified' } & Verified)
  | ({ readonly status: 'approved' | 'watching' } & Approved)
  | ({ readonly status: 'needs-review'; readonly candidates: readonly string[] } & Approved)
  | ({ readonly status: 'needs-second' | 'disputed'; readonly resolved: Resolved } & Approved)
  | ({ readonly status: 'rejected' | 'replaced' } & Named)
  | ({
      readonly status: 'applied';
      readonly personId: string;
      readonly settingRevision: number;
      readonly capacity: Capacity;
      readonly effectiveAt?: string;
    } & Named);

export const initialRequestState: RequestState = { status: 'absent' };

export const evolveRequest = (state: RequestState, event: RequestEvent): RequestState => {
  switch (event.type) {
    case 'PrivacyRequestSubmitted': {
      const { dueAt: _due, submittedBy: _by, subject: _subject, ...submitted } = event.data;
      return { status: 'submitted', ...submitted };
    }
    case 'PrivacyRequestVerified':
      return 'change' in state ? { ...submittedOf(state), status: 'verified', ...event.data } : state;
    case 'PrivacyRequestApproved': {
      const { approvedBy, resolved } = event.data;
      if (!('verifiedBy' in state)) return state;
      return {
        ...verifiedOf(state),
        status: 'approved',
        approvedBy,
        ...(resolved === undefined ? {} : { resolved }),
      };
    }
    case 'PrivacyRequestWatched':
      return state.status === 'approved' ? { ...state, status: 'watching' } : state;
    case 'PrivacyRequestNeedsReview':
      return 'approvedBy' in state
        ? { ...approvedOf(state), status: 'needs-review', candidates: event.data.candidates ?? [] }
        : state;
    case 'PrivacyRequestNeedsSecond':
      return 'approvedBy' in state
        ? { ...approvedOf(state), status: 'needs-second', resolved: event.data.resolved }
        : state;
    case 'PrivacyRequestDisputed':
      return 'approvedBy' in state
        ? { ...approvedOf(state), status: 'disputed', resolved: event.data.resolved }
        : state;
    case 'PrivacyRequestRejected':
      return { status: 'rejected', ...named(state) };
    case 'PrivacyRequestReplaced':
      return { status: 'replaced', ...named(state) };
    case 'PrivacyRequestApplied':
      return {
        status: 'applied',
        ...event.data,
        capacity: 'capacity' in state ? state.capacity : 'self',
        ...named(state),
      };
    default:
      return assertNever(event);
  }
};

type WithSubmitted = Extract<RequestState, Submitted>;

const submittedOf = ({
  change,
  capacity,
  sealedForm,
  receivedAt,
  requester,
  signedOn,
  resolved,
  digest,
}: WithSubmitted): Submitted => ({
  change,
  capacity,
  sealedForm,
  receivedAt,
  ...(requester === undefined ? {} : { requester }),
  ...(signedOn === undefined ? {} : { signedOn }),
  ...(resolved === undefined ? {} : { resolved }),
  ...(digest === undefined ? {} : { digest }),
});

const verifiedOf = (state: WithSubmitted & Verified): Verified => ({
  ...submittedOf(state),
  verifiedBy: state.verifiedBy,
  evidence: state.evidence,
  ...(state.agreement === undefined ? {} : { agreement: state.agreement }),
});

const approvedOf = (state: WithSubmitted & Approved): Approved => ({
  ...verifiedOf(state),
  approvedBy: state.approvedBy,
});

const named = (state: RequestState): Named =>
  state.status === 'absent' || state.digest === undefined ? {} : { digest: state.digest };
