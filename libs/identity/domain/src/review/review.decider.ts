import type {
  ReviewDecidedData,
  ReviewEvent,
  ReviewKind,
  ReviewOpenedData,
  UnmergeReason,
} from './review.events.js';
import { dueAfter } from './review-policy.js';

export type ReviewCommand =
  | { readonly type: 'OpenReview'; readonly opened: Omit<ReviewOpenedData, 'dueAt'> }
  /** @param at ISO-8601 UTC */
  | { readonly type: 'HoldReview'; readonly at: string }
  | {
      readonly type: 'DecideReview';
      readonly decision: 'same' | 'different';
      /** Of `same`: its place among the candidates. */
      readonly candidate?: number;
      readonly decidedBy: string;
    }
  | { readonly type: 'OrderUnmerge'; readonly reason: UnmergeReason; readonly orderedBy: string }
  | { readonly type: 'RefuseUnmerge' }
  | { readonly type: 'CompleteReview'; readonly outcome: 'merged' | 'different' | 'assigned' | 'unmerged' };

export type ReviewState =
  | { readonly status: 'absent' }
  | ({ readonly status: 'open' } & Opened)
  | ({ readonly status: 'deciding'; readonly decided: ReviewDecidedData } & Opened)
  | ({ readonly status: 'merged'; readonly candidateId: string } & Opened)
  | ({ readonly status: 'unmerging'; readonly candidateId: string } & Opened)
  | ({ readonly status: 'different' | 'assigned' | 'unmerged' } & Opened);

interface Opened {
  readonly opened: ReviewOpenedData;
  /** `provisional` may have become `held`. */
  readonly kind: ReviewKind;
  readonly dueAt: string;
}

export const initialReviewState: ReviewState = { status: 'absent' };

export type ReviewErrorCode =
  | 'REVIEW.REVIEW_UNKNOWN'
  | 'REVIEW.ALREADY_DECIDED'
  | 'REVIEW.CANDIDATE_UNKNOWN'
  | 'REVIEW.NOT_MERGED'
  | 'REVIEW.SURVIVOR_MERGED';

/** A command that does not fit the review's state. */
export class ReviewError extends Error {
  constructor(readonly code: ReviewErrorCode) {
    super(code);
  }
}

/** @throws ReviewError */
export const decideReview = (command: ReviewCommand, state: ReviewState): ReviewEvent[] => {
  if (command.type === 'OpenReview') {
    if (state.status !== 'absent') return [];
    const { opened } = command;
    return [{ type: 'ReviewOpened', data: { ...opened, dueAt: dueAfter(opened.openedAt, opened.kind) } }];
  }
  if (state.status === 'absent') throw new ReviewError('REVIEW.REVIEW_UNKNOWN');
  switch (command.type) {
    case 'HoldReview':
      if (state.status !== 'open' || state.kind === 'held') return [];
      return [{ type: 'ReviewHeld', data: { dueAt: dueAfter(command.at, 'held') } }];
    case 'DecideReview': {
      const decided = decisionOf(command, state.opened);
      if (state.status === 'open') return [{ type: 'ReviewDecided', data: decided }];
      if (isSame(state, decided)) return [];
      throw new ReviewError('REVIEW.ALREADY_DECIDED');
    }
    case 'OrderUnmerge':
      if (state.status === 'unmerging' || state.status === 'unmerged') return [];
      if (state.status !== 'merged') throw new ReviewError('REVIEW.NOT_MERGED');
      return [{ type: 'UnmergeOrdered', data: { reason: command.reason, orderedBy: command.orderedBy } }];
    case 'RefuseUnmerge':
      return state.status === 'unmerging' ? [{ type: 'UnmergeRefused', data: {} }] : [];
    case 'CompleteReview': {
      const { outcome } = command;
      const fits = outcome === 'unmerged' ? state.status === 'unmerging' : state.status === 'deciding';
      return fits ? [{ type: 'ReviewCompleted', data: { outcome } }] : [];
    }
  }
};

const decisionOf = (
  { decision, candidate = 0, decidedBy }: ReviewCommand & { type: 'DecideReview' },
  { personId, candidates, kind, submission }: ReviewOpenedData,
): ReviewDecidedData => {
  const about = { personId, candidates, ...(submission === undefined ? {} : { submission }) };
  // An unassigned submission is one of the two persons'.
  if (decision === 'different' && kind !== 'unassigned') return { decision, ...about, decidedBy };
  const candidateId = decision === 'same' ? candidates[candidate] : undefined;
  if (candidateId === undefined) throw new ReviewError('REVIEW.CANDIDATE_UNKNOWN');
  return { decision, ...about, candidateId, decidedBy };
};

/** Was the same decided before, by whomever? */
const isSame = (state: ReviewState, { decision, candidateId }: ReviewDecidedData): boolean => {
  if (state.status === 'deciding')
    return state.decided.decision === decision && state.decided.candidateId === candidateId;
  if (state.status === 'merged') return decision === 'same' && state.candidateId === candidateId;
  return state.status === 'different' && decision === 'different';
};

export const evolveReview = (state: ReviewState, event: ReviewEvent): ReviewState => {
  if (event.type === 'ReviewOpened') {
    const { kind, dueAt } = event.data;
    return { status: 'open', opened: event.data, kind, dueAt };
  }
  if (state.status === 'absent') return state;
  const { opened, kind, dueAt } = state;
  const same = { opened, kind, dueAt };
  switch (event.type) {
    case 'ReviewHeld':
      return { status: 'open', opened, kind: 'held', dueAt: event.data.dueAt };
    case 'ReviewDecided':
      return { status: 'deciding', decided: event.data, ...same };
    case 'UnmergeOrdered':
      return state.status === 'merged'
        ? { status: 'unmerging', candidateId: state.candidateId, ...same }
        : state;
    case 'UnmergeRefused':
      return state.status === 'unmerging'
        ? { status: 'merged', candidateId: state.candidateId, ...same }
        : state;
    case 'ReviewCompleted': {
      const { outcome } = event.data;
      if (outcome !== 'merged') return { status: outcome, ...same };
      const candidateId = state.status === 'deciding' ? (state.decided.candidateId ?? '') : '';
      return { status: 'merged', candidateId, ...same };
    }
  }
};
