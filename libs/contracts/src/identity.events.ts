import { Type, type Static } from '@sinclair/typebox';

/** Topic `identity.decisions.v1`, key = person id. */
export const PersonRegistered = Type.Object({
  personId: Type.String(),
  /** Provisional: may be one of `candidates`, flagged for review (DOMAIN 5). */
  provisional: Type.Boolean(),
  candidates: Type.Array(Type.String()),
  /**
   * Persons of the same birth date with a compatible first or last name, who are no candidates otherwise: were one of them opted out, the
   * submission is held (DOMAIN 3.4).
   */
  similar: Type.Optional(Type.Array(Type.String())),
  /** Whose submission it was registered from; absent: a request's form. */
  organizationId: Type.Optional(Type.String()),
});
export type PersonRegistered = Static<typeof PersonRegistered>;

export const SubmissionLinked = Type.Object({
  submissionId: Type.String(),
  personId: Type.String(),
  organizationId: Type.String(),
  clientId: Type.String(),
  /** ISO-8601 UTC: when the submission was recorded. */
  receivedAt: Type.String(),
});
export type SubmissionLinked = Static<typeof SubmissionLinked>;

/**
 * A roster entry is about exactly one known person: evidence that the organization serves that person. Key = person id.
 * The entry joins no record.
 */
export const RosterEntryMatched = Type.Object({
  submissionId: Type.String(),
  personId: Type.String(),
  organizationId: Type.String(),
  clientId: Type.String(),
  receivedAt: Type.String(),
  /** Term of the service: legal days, both included. Without a last day the directory's policy says how long. */
  from: Type.String({ format: 'date' }),
  through: Type.Optional(Type.String({ format: 'date' })),
});
export type RosterEntryMatched = Static<typeof RosterEntryMatched>;

/** A roster entry, death or void of nobody known: it is looked at again when somebody comes whom it may be about. Key = submission id. */
export const SubmissionUnmatched = Type.Object({ submissionId: Type.String() });
export type SubmissionUnmatched = Static<typeof SubmissionUnmatched>;

/** The absorbed person's links count for the survivor from now on. Key = survivor. */
export const PersonsMerged = Type.Object({
  mergeId: Type.String(),
  survivorId: Type.String(),
  absorbedId: Type.String(),
  /** Of an absorbed person that was held as perhaps the survivor, who has opted out: its submissions, to be suppressed (DOMAIN 3.4). */
  discarded: Type.Optional(Type.Array(Type.String())),
});
export type PersonsMerged = Static<typeof PersonsMerged>;

/** Each link counts for its own person again. Key = survivor. */
export const PersonsUnmerged = Type.Object({
  mergeId: Type.String(),
  survivorId: Type.String(),
  absorbedId: Type.String(),
  /** Linked to the survivor while they were merged, and by facility and MRN the absorbed person's. */
  relinked: Type.Array(Type.String()),
  /** Linked while they were merged, and nobody knows whose: they show nowhere until reviewed. */
  unassigned: Type.Array(
    Type.Object({
      submissionId: Type.String(),
      organizationId: Type.String(),
      receivedAt: Type.String(),
    }),
  ),
});
export type PersonsUnmerged = Static<typeof PersonsUnmerged>;

/** A submission that was unassigned is this person's. Key = person id. */
export const SubmissionAssigned = Type.Object({
  reviewId: Type.String(),
  submissionId: Type.String(),
  personId: Type.String(),
  organizationId: Type.String(),
  receivedAt: Type.String(),
});
export type SubmissionAssigned = Static<typeof SubmissionAssigned>;

/** Somebody looked: this person is none of its candidates. Key = person id. */
export const PersonKeptApart = Type.Object({ personId: Type.String(), reviewId: Type.String() });
export type PersonKeptApart = Static<typeof PersonKeptApart>;

/** A merge could not be taken back any more: its survivor was merged into somebody itself. Key = merge id. */
export const UnmergeRefused = Type.Object({ mergeId: Type.String() });
export type UnmergeRefused = Static<typeof UnmergeRefused>;

/**
 * Staff decided that the absorbed person is the survivor. Topic `identity.reviews.v1`, key = review id: privacy goes first (DESIGN.md,
 * Merge is privacy first).
 */
export const MergeDecided = Type.Object({
  reviewId: Type.String(),
  mergeId: Type.String(),
  survivorId: Type.String(),
  absorbedId: Type.String(),
});
export type MergeDecided = Static<typeof MergeDecided>;

/** Staff decided that the person is none of its candidates. Topic `identity.reviews.v1`, key = review id. */
export const KeepApartDecided = Type.Object({
  reviewId: Type.String(),
  personId: Type.String(),
  others: Type.Array(Type.String()),
});
export type KeepApartDecided = Static<typeof KeepApartDecided>;

/** Staff decided whose an unassigned submission is. Topic `identity.reviews.v1`, key = review id. */
export const AssignmentDecided = Type.Object({
  reviewId: Type.String(),
  submissionId: Type.String(),
  personId: Type.String(),
  organizationId: Type.String(),
  receivedAt: Type.String(),
});
export type AssignmentDecided = Static<typeof AssignmentDecided>;

/** Staff take a merge back. Topic `identity.reviews.v1`, key = review id. */
export const UnmergeOrdered = Type.Object({ reviewId: Type.String(), mergeId: Type.String() });
export type UnmergeOrdered = Static<typeof UnmergeOrdered>;

/** Where a review stands, for work lists and metrics. Topic `identity.reviews.v1`, key = review id. */
export const ReviewProgressed = Type.Object({
  reviewId: Type.String(),
  status: Type.Union([
    Type.Literal('open'),
    Type.Literal('deciding'),
    Type.Literal('merged'),
    Type.Literal('different'),
    Type.Literal('unmerging'),
    Type.Literal('unmerged'),
    Type.Literal('assigned'),
  ]),
  /** When it is opened, and when it is found to be held. */
  opened: Type.Optional(
    Type.Object({
      kind: Type.Union([Type.Literal('provisional'), Type.Literal('held'), Type.Literal('unassigned')]),
      openedAt: Type.String(),
      dueAt: Type.String(),
    }),
  ),
});
export type ReviewProgressed = Static<typeof ReviewProgressed>;

/** The one person whom an approved Privacy Setting Change Request names. */
export const RequestResolved = Type.Object({
  requestId: Type.String(),
  personId: Type.String(),
  /** Of a merged person, the part that the form fits; absent: not merged, or it fits several. */
  partId: Type.Optional(Type.String()),
});
export type RequestResolved = Static<typeof RequestResolved>;

/** A request for a child who is not born or has no name yet waits for a birth record. Key = request id. */
export const RequestWatched = Type.Object({ requestId: Type.String() });
export type RequestWatched = Static<typeof RequestWatched>;

/** More than one person fits the form: staff must look. Key = request id. */
export const RequestAmbiguous = Type.Object({
  requestId: Type.String(),
  candidates: Type.Optional(Type.Array(Type.String())),
});
export type RequestAmbiguous = Static<typeof RequestAmbiguous>;

export const IDENTITY_STREAM = 'identity-decisions';
