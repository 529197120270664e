import type { SettingChange } from '../setting/privacy-setting.js';

/**
 * Events of `privacyRequest-<id>`: one Privacy Setting Change Request, naming exactly one person by form data (DOMAIN 4.1).
 * The form is sealed; reasons are codes. What was added after the first events were stored is optional.
 */
export type RequestEvent =
  | { readonly type: 'PrivacyRequestSubmitted'; readonly data: PrivacyRequestSubmittedData }
  | {
      readonly type: 'PrivacyRequestVerified';
      readonly data: {
        /** A user of the staff, or the client if it acts for none. */
        readonly verifiedBy: string;
        readonly evidence: string;
        /** Why it may loosen what somebody else set (DOMAIN 4.2). */
        readonly agreement?: Agreement;
      };
    }
  | {
      readonly type: 'PrivacyRequestApproved';
      readonly data: {
        readonly approvedBy: string;
        /** Repeats the sealed form: the event alone is what identity needs. */
        readonly sealedForm: string;
        /** The child has no name yet, or is not born: identity watches for its birth record. */
        readonly watch?: boolean;
        /** Known already: staff chose, or it was approved before. Identity need not look. */
        readonly resolved?: Resolved;
      };
    }
  | {
      readonly type: 'PrivacyRequestRejected';
      /** `rejectedBy` is a member of the staff, or the reactor that found that it can't be applied. */
      readonly data: { readonly rejectedBy: string; readonly reason: RejectionReason };
    }
  | { readonly type: 'PrivacyRequestWatched'; readonly data: Record<string, never> }
  | {
      readonly type: 'PrivacyRequestNeedsReview';
      /** Internal person ids: they leave by no route. */
      readonly data: { readonly reason: 'more-than-one-person'; readonly candidates?: readonly string[] };
    }
  /** It would loosen, and one member of the staff alone stood behind it. */
  | { readonly type: 'PrivacyRequestNeedsSecond'; readonly data: { readonly resolved: Resolved } }
  /** It would loosen what somebody else set, without that person's agreement or a court order (DOMAIN 4.2). */
  | { readonly type: 'PrivacyRequestDisputed'; readonly data: { readonly resolved: Resolved } }
  /** A newer request about the same person took its place. */
  | { readonly type: 'PrivacyRequestReplaced'; readonly data: { readonly by: string } }
  | {
      readonly type: 'PrivacyRequestApplied';
      readonly data: {
        readonly personId: string;
        readonly settingRevision: number;
        /** ISO-8601 UTC: from when nothing that the setting forbids could leave. */
        readonly effectiveAt?: string;
      };
    };

export type PrivacyRequestSubmittedData = {
  readonly change: RequestedChange;
  readonly capacity: Capacity;
  readonly sealedForm: string;
  /**
   * Of what was submitted, keyed by what the form is sealed with, so that it tells nobody else anything and dies with that key. Absent in
   * the first events.
   */
  readonly digest?: string;
  readonly submittedBy: string;
  /** Who asks, and whom about: keyed hashes, to tell whether it is the same one again. */
  readonly requester?: string;
  readonly subject?: string;
  /** Legal day, `YYYY-MM-DD`. */
  readonly signedOn?: string;
  /** ISO-8601 UTC. */
  readonly receivedAt: string;
  readonly dueAt: string;
};

/** `view` changes nothing: it is how somebody comes to see the own record. */
export type RequestedChange = SettingChange | { readonly kind: 'view' };

/** Whom a request is about; of a merged person, the part that its form fits. */
export type Resolved = { readonly personId: string; readonly partId?: string };

export const CAPACITIES = [
  'self',
  'parent',
  'guardian',
  'agency-with-custody',
  'attorney-in-fact',
  'personal-representative',
] as const;
export type Capacity = (typeof CAPACITIES)[number];

export const AGREEMENTS = ['setter-agrees', 'court-order'] as const;
export type Agreement = (typeof AGREEMENTS)[number];

export const REJECTION_REASONS = [
  'not-verified',
  'no-authority',
  'authority-ended',
  'withdrawn',
  'incomplete',
  'not-signed',
  'wrong-person',
  'holder-not-a-provider',
] as const;
export type RejectionReason = (typeof REJECTION_REASONS)[number];
