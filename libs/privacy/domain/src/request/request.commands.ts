import type {
  Agreement,
  Capacity,
  PrivacyRequestSubmittedData,
  RejectionReason,
  RequestedChange,
  Resolved,
} from './request.events.js';

export type RequestCommand =
  | ({
      readonly type: 'SubmitRequest';
      readonly change: RequestedChange;
      readonly capacity: Capacity;
      readonly digest: string;
      /** Looked up by the caller: is the lock's holder an active provider organization, and the site an open one of it? Absent when the change names none. */
      readonly holderIsProvider?: boolean;
      readonly authority: Authority;
    } & Omit<PrivacyRequestSubmittedData, 'change' | 'capacity' | 'digest'>)
  | {
      readonly type: 'VerifyRequest';
      readonly verifiedBy: string;
      readonly evidence: string;
      readonly agreement?: Agreement;
      readonly authority: Authority;
    }
  | {
      readonly type: 'ApproveRequest';
      readonly approvedBy: string;
      readonly authority: Authority;
      readonly watch?: boolean;
    }
  /** Of several persons whom the form fits, staff chose one. */
  | { readonly type: 'ChooseCandidate'; readonly candidate: number; readonly approvedBy: string }
  | { readonly type: 'RejectRequest'; readonly rejectedBy: string; readonly reason: RejectionReason }
  /** Between approval and application the authority of who asked has ended. */
  | { readonly type: 'EndWithAuthority'; readonly foundBy: string }
  | { readonly type: 'ReplaceRequest'; readonly by: string }
  | {
      readonly type: 'RecordApplied';
      readonly personId: string;
      readonly settingRevision: number;
      readonly effectiveAt?: string;
    }
  | { readonly type: 'Watch' }
  | { readonly type: 'SendToReview'; readonly candidates?: readonly string[] }
  | { readonly type: 'AskForSecond'; readonly resolved: Resolved }
  | { readonly type: 'Dispute'; readonly resolved: Resolved };

/** May the requester, in this capacity, still speak for the person? `minor-alone`: a minor speaks for itself. */
export type Authority = 'stands' | 'ended' | 'minor-alone';
