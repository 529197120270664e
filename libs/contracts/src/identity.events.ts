import { Type, type Static } from '@sinclair/typebox';

/** Topic `identity.decisions.v1`, key = person id. */
export const PersonRegistered = Type.Object({
  personId: Type.String(),
  /** Provisional: may be one of `candidates`, flagged for review (DOMAIN 5). */
  provisional: Type.Boolean(),
  candidates: Type.Array(Type.String()),
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

/** The one person whom an approved Privacy Setting Change Request names. */
export const RequestResolved = Type.Object({
  requestId: Type.String(),
  personId: Type.String(),
});
export type RequestResolved = Static<typeof RequestResolved>;

/** More than one person fits the form: staff must look. Key = request id. */
export const RequestAmbiguous = Type.Object({ requestId: Type.String() });
export type RequestAmbiguous = Static<typeof RequestAmbiguous>;

export const IDENTITY_STREAM = 'identity-decisions';
