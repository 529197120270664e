import type { SubmissionContent } from '@registry/contracts';

/** A content as it is sealed. */
export interface WrittenContent {
  readonly kind: SubmissionContent['kind'];
  /** JSON. The same content is always written alike: its digest goes by it. */
  readonly text: string;
}

export const written = (content: SubmissionContent): WrittenContent => ({
  kind: content.kind,
  text: JSON.stringify(content),
});
