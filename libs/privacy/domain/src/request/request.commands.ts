import type { SettingChange } from '../setting/privacy-setting.js';
import type { Capacity, RejectionReason } from './request.events.js';

export type RequestCommand =
  | {
      readonly type: 'SubmitRequest';
      readonly change: SettingChange;
      readonly capacity: Capacity;
      readonly sealedForm: string;
      /** Of change, capacity and form, keyed by what the form is sealed with. */
      readonly digest: string;
      readonly submittedBy: string;
      /** ISO-8601 UTC. */
      readonly receivedAt: string;
      readonly dueAt: string;
      /** Looked up by the caller: is the lock's holder an active provider organization? Absent when the change names none. */
      readonly holderIsProvider?: boolean;
    }
  | { readonly type: 'VerifyRequest'; readonly verifiedBy: string; readonly evidence: string }
  | { readonly type: 'ApproveRequest'; readonly approvedBy: string }
  | { readonly type: 'RejectRequest'; readonly rejectedBy: string; readonly reason: RejectionReason }
  | { readonly type: 'RecordApplied'; readonly personId: string; readonly settingRevision: number }
  | { readonly type: 'SendToReview' };
