import type { Explanation } from './matcher.js';

/** Events of `identity-decisions`: the one stream that says which submissions make up which person. */
export type IdentityDecision =
  | {
      readonly type: 'PersonRegistered';
      readonly data: {
        readonly personId: string;
        /** May be one of `candidates`: readable under the ordinary rules, flagged for review (DOMAIN 5). */
        readonly provisional: boolean;
        readonly candidates: readonly string[];
      };
    }
  | {
      readonly type: 'SubmissionLinked';
      readonly data: {
        readonly submissionId: string;
        readonly personId: string;
        readonly organizationId: string;
        readonly clientId: string;
        /** ISO-8601 UTC. */
        readonly receivedAt: string;
        /** Levels and weights, never values. */
        readonly explanation: Explanation;
      };
    }
  /** A roster entry is about this person; it joins no record. */
  | {
      readonly type: 'RosterEntryMatched';
      readonly data: {
        readonly submissionId: string;
        readonly personId: string;
        readonly organizationId: string;
        readonly clientId: string;
        /** ISO-8601 UTC. */
        readonly receivedAt: string;
        /** Legal days, both included. */
        readonly from: string;
        /** Absent: the roster does not say. */
        readonly through?: string;
        readonly explanation: Explanation;
      };
    }
  /** A roster entry, death or void of nobody known, or of several: decided again when somebody comes whom it may be about. */
  | {
      readonly type: 'SubmissionUnmatched';
      readonly data: {
        readonly submissionId: string;
        readonly candidates: readonly string[];
        readonly explanation: Explanation;
      };
    }
  | {
      readonly type: 'RequestResolved';
      readonly data: {
        readonly requestId: string;
        readonly personId: string;
        readonly explanation: Explanation;
      };
    }
  | {
      readonly type: 'RequestAmbiguous';
      readonly data: { readonly requestId: string; readonly candidates: readonly string[] };
    };
