import { assertNever } from '../privacy-error.js';
import type { SettingChange } from '../setting/privacy-setting.js';
import type { RequestEvent } from './request.events.js';

/** Known of every request, however far it is: a submission under the same id is the same one or another's. */
interface Named {
  readonly digest?: string;
}

interface Submitted extends Named {
  readonly change: SettingChange;
  readonly sealedForm: string;
  readonly receivedAt: string;
}

export type RequestState =
  | { readonly status: 'absent' }
  | ({ readonly status: 'submitted' | 'verified' } & Submitted)
  | ({ readonly status: 'approved' | 'needs-review'; readonly approvedBy: string } & Submitted)
  | ({ readonly status: 'rejected' } & Named)
  | ({ readonly status: 'applied'; readonly personId: string; readonly settingRevision: number } & Named);

export const initialRequestState: RequestState = { status: 'absent' };

export const evolveRequest = (state: RequestState, event: RequestEvent): RequestState => {
  switch (event.type) {
    case 'PrivacyRequestSubmitted': {
      const { change, sealedForm, receivedAt, digest } = event.data;
      return {
        status: 'submitted',
        change,
        sealedForm,
        receivedAt,
        ...(digest === undefined ? {} : { digest }),
      };
    }
    case 'PrivacyRequestVerified':
      return state.status === 'submitted' ? { ...state, status: 'verified' } : state;
    case 'PrivacyRequestApproved':
      return state.status === 'verified'
        ? { ...state, status: 'approved', approvedBy: event.data.approvedBy }
        : state;
    case 'PrivacyRequestNeedsReview':
      return state.status === 'approved' ? { ...state, status: 'needs-review' } : state;
    case 'PrivacyRequestRejected':
      return { status: 'rejected', ...named(state) };
    case 'PrivacyRequestApplied':
      return {
        status: 'applied',
        personId: event.data.personId,
        settingRevision: event.data.settingRevision,
        ...named(state),
      };
    default:
      return assertNever(event);
  }
};

const named = (state: RequestState): Named =>
  state.status === 'absent' || state.digest === undefined ? {} : { digest: state.digest };
