import { Type, type Static } from '@sinclair/typebox';
import { SubmissionKind } from './submission-content.js';

/** Topic `ingestion.submissions.v1`, key = submission id. */
export const SubmissionReceived = Type.Object({
  submissionId: Type.String(),
  clientId: Type.String(),
  organizationId: Type.String(),
  kind: SubmissionKind,
  /** The content under the key `submission-<id>`. */
  sealed: Type.String(),
});
export type SubmissionReceived = Static<typeof SubmissionReceived>;

/** The content of the submission came after its person's opt-out and is being destroyed (DOMAIN 3.3). */
export const SubmissionSuppressed = Type.Object({ submissionId: Type.String(), personId: Type.String() });
export type SubmissionSuppressed = Static<typeof SubmissionSuppressed>;

export const ContentDestroyed = Type.Object({ submissionId: Type.String() });
export type ContentDestroyed = Static<typeof ContentDestroyed>;

/** Stream and key id of a submission are the same text. */
export const submissionStream = (submissionId: string): string => `submission-${submissionId}`;
