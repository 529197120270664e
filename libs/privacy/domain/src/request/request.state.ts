import { assertNever } from '../privacy-error.js';
import type { SettingChange } from '../setting/privacy-setting.js';
import type { RequestEvent } from './request.events.js';

interface Submitted {
  readonly change: SettingChange;
  readonly sealedForm: string;
  readonly receivedAt: string;
}

export type RequestState =
  | { readonly status: 'absent' }
  | ({ readonly status: 'submitted' | 'verified' } & Submitted)
  | ({ readonly status: 'approved' | 'needs-review'; readonly approvedBy: string } & Submitted)
  | { readonly status: 'rejected' }
  | { readonly status: 'applied'; readonly personId: string; readonly settingRevision: number };

export const initialRequestState: RequestState = { status: 'absent' };

export const evolveRequest = (state: RequestState, event: RequestEvent): RequestState => {
  switch (event.type) {
    case 'PrivacyRequestSubmitted': {
      const { change, sealedForm, receivedAt } = event.data;
      return { status: 'submitted', change, sealedForm, receivedAt };
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
      return { status: 'rejected' };
    case 'PrivacyRequestApplied':
      return {
        status: 'applied',
        personId: event.data.personId,
        settingRevision: event.data.settingRevision,
      };
    default:
      return assertNever(event);
  }
};
