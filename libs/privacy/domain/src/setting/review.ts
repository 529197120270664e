/**
 * That a person may be somebody known already (DOMAIN 5). It narrows who may read, beside the person's own setting, until somebody has
 * looked.
 */
export type Review = HeldReview | ProvisionalReview;

/** It may be somebody who opted out: nobody sees it, and nothing of it is written in clear (DOMAIN 3.4). */
export type HeldReview = {
  readonly kind: 'held';
  readonly candidates: readonly string[];
};

export type ProvisionalReview = {
  readonly kind: 'provisional';
  readonly candidates: readonly string[];
  /** The organization whose submission it was registered from; absent: none. */
  readonly submittedBy?: string;
  /** A candidate is locked: only that organization may read it. */
  readonly onlySubmitter?: true;
};

export const allowsUnderReview = (review: Review | undefined, organizationId: string): boolean => {
  if (review === undefined) return true;
  if (review.kind === 'held') return false;
  return review.onlySubmitter === undefined || review.submittedBy === organizationId;
};

/** True if `after` lets fewer see than `before`. */
export const tightensReview = (before: Review, after: Review): boolean =>
  strictness(after) > strictness(before);

const strictness = (review: Review): number =>
  review.kind === 'held' ? 2 : review.onlySubmitter === undefined ? 0 : 1;
