import type { SettingChange } from '../setting/privacy-setting.js';

/**
 * Events of `privacyRequest-<id>`: one Privacy Setting Change Request, naming exactly one person by form data (DOMAIN 4.1).
 * The form is sealed; reasons are codes.
 */
export type RequestEvent =
  | {
      readonly type: 'PrivacyRequestSubmitted';
      readonly data: {
        readonly change: SettingChange;
        readonly capacity: Capacity;
        readonly sealedForm: string;
        /**
         * Of what was submitted, keyed by what the form is sealed with, so that it tells nobody else anything and dies with that key. Absent in
         * the first events.
         */
        readonly digest?: string;
        readonly submittedBy: string;
        /** ISO-8601 UTC. */
        readonly receivedAt: string;
        readonly dueAt: string;
      };
    }
  | {
      readonly type: 'PrivacyRequestVerified';
      readonly data: { readonly verifiedBy: string; readonly evidence: string };
    }
  | {
      readonly type: 'PrivacyRequestApproved';
      /** Repeats the sealed form: the event alone is what identity needs. */
      readonly data: { readonly approvedBy: string; readonly sealedForm: string };
    }
  | {
      readonly type: 'PrivacyRequestRejected';
      readonly data: { readonly rejectedBy: string; readonly reason: RejectionReason };
    }
  | {
      readonly type: 'PrivacyRequestApplied';
      readonly data: { readonly personId: string; readonly settingRevision: number };
    }
  | {
      readonly type: 'PrivacyRequestNeedsReview';
      readonly data: { readonly reason: 'more-than-one-person' };
    };

export const CAPACITIES = [
  'self',
  'parent',
  'guardian',
  'agency-with-custody',
  'attorney-in-fact',
  'personal-representative',
] as const;
export type Capacity = (typeof CAPACITIES)[number];

export const REJECTION_REASONS = ['not-verified', 'no-authority', 'withdrawn', 'incomplete'] as const;
export type RejectionReason = (typeof REJECTION_REASONS)[number];
