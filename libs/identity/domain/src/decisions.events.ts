import type { Explanation } from './matcher.js';

/** A submission that an un-merge leaves to nobody. */
export type UnassignedLink = {
  readonly submissionId: string;
  readonly organizationId: string;
  /** ISO-8601 UTC. */
  readonly receivedAt: string;
};

/** Events of `identity-decisions`: the one stream that says which submissions make up which person. */
export type IdentityDecision =
  | {
      readonly type: 'PersonRegistered';
      readonly data: {
        readonly personId: string;
        /** May be one of `candidates`: readable under the ordinary rules, flagged for review (DOMAIN 5). */
        readonly provisional: boolean;
        readonly candidates: readonly string[];
        /** Same birth date and a compatible first or last name, but no candidates otherwise: one of them may have opted out (DOMAIN 3.4). */
        readonly similar?: readonly string[];
        /** Whose submission it was registered from; absent: a request's form. */
        readonly organizationId?: string;
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
        /** Of a merged person, the part that the form fits; absent: not merged, or it fits several. */
        readonly partId?: string;
        readonly explanation: Explanation;
      };
    }
  /** It waits for the birth record of a child who is not born or has no name yet. */
  | { readonly type: 'RequestWatched'; readonly data: { readonly requestId: string } }
  | {
      readonly type: 'RequestAmbiguous';
      readonly data: { readonly requestId: string; readonly candidates: readonly string[] };
    }
  /** The absorbed person's links count for the survivor. Privacy has merged their settings before. */
  | {
      readonly type: 'PersonsMerged';
      readonly data: {
        readonly mergeId: string;
        readonly survivorId: string;
        readonly absorbedId: string;
        /** Its submissions, where they are to be suppressed (DOMAIN 3.4). */
        readonly discarded?: readonly string[];
      };
    }
  /** Each link counts for its own person again; privacy parts their settings after. */
  | {
      readonly type: 'PersonsUnmerged';
      readonly data: {
        readonly mergeId: string;
        readonly survivorId: string;
        readonly absorbedId: string;
        /** Linked to the survivor while they were merged, and by facility and MRN the absorbed person's. */
        readonly relinked: readonly string[];
        /** Linked while they were merged, and nobody knows whose: they show nowhere until reviewed. */
        readonly unassigned: readonly UnassignedLink[];
      };
    }
  | {
      readonly type: 'SubmissionAssigned';
      readonly data: {
        readonly reviewId: string;
        readonly submissionId: string;
        readonly personId: string;
        readonly organizationId: string;
        readonly receivedAt: string;
      };
    }
  /** A negative edge: the person is none of these. */
  | {
      readonly type: 'PersonKeptApart';
      readonly data: {
        readonly personId: string;
        readonly others: readonly string[];
        readonly reviewId: string;
      };
    }
  /** The order came too late: the survivor was merged into somebody itself, and is to be parted from that one first. */
  | {
      readonly type: 'UnmergeRefused';
      readonly data: { readonly mergeId: string; readonly orderId: string };
    };
