import type { UnassignedLink } from '../decisions.events.js';

/**
 * Events of `review-<id>`: somebody has to look whether a person is one who is known already (DOMAIN 5), or whose a submission is after an
 * un-merge. Persons by their internal ids, which leave by no route.
 */
export type ReviewEvent =
  | { readonly type: 'ReviewOpened'; readonly data: ReviewOpenedData }
  /** A candidate has opted out since: held, and due earlier. */
  | { readonly type: 'ReviewHeld'; readonly data: { readonly dueAt: string } }
  | { readonly type: 'ReviewDecided'; readonly data: ReviewDecidedData }
  | {
      readonly type: 'ReviewCompleted';
      readonly data: { readonly outcome: 'merged' | 'different' | 'assigned' | 'unmerged' };
    }
  | {
      readonly type: 'UnmergeOrdered';
      readonly data: { readonly reason: UnmergeReason; readonly orderedBy: string };
    }
  /** The survivor had been merged into somebody by then: the merge stands. */
  | { readonly type: 'UnmergeRefused'; readonly data: Record<string, never> };

export const REVIEW_KINDS = ['provisional', 'held', 'unassigned'] as const;
export type ReviewKind = (typeof REVIEW_KINDS)[number];

export const UNMERGE_REASONS = ['wrong-person', 'asked-by-person', 'new-evidence'] as const;
export type UnmergeReason = (typeof UNMERGE_REASONS)[number];

export type ReviewOpenedData = {
  readonly kind: ReviewKind;
  /** Of kind `unassigned`: the survivor, which it showed under. */
  readonly personId: string;
  readonly candidates: readonly string[];
  /** Of kind `unassigned`. */
  readonly submission?: UnassignedLink;
  /** ISO-8601 UTC. */
  readonly openedAt: string;
  readonly dueAt: string;
};

/** Says all that carrying it out needs. */
export type ReviewDecidedData = {
  readonly decision: 'same' | 'different';
  readonly personId: string;
  readonly candidates: readonly string[];
  /** Of `same`. */
  readonly candidateId?: string;
  /** Of kind `unassigned`. */
  readonly submission?: UnassignedLink;
  readonly decidedBy: string;
};
