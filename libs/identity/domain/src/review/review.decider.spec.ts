import { specOf } from '@registry/testing';
import {
  decideReview,
  evolveReview,
  initialReviewState,
  type ReviewCommand,
  type ReviewState,
} from './review.decider.js';
import type { ReviewEvent, ReviewKind } from './review.events.js';
import { dueAfter } from './review-policy.js';

const given = specOf<ReviewCommand, ReviewEvent, ReviewState>({
  decide: decideReview,
  evolve: evolveReview,
  initialState: initialReviewState,
});

// A Thursday.
const AT = '2026-11-26T10:00:00.000Z';
const about = (kind: ReviewKind = 'provisional') => ({
  kind,
  personId: 'q',
  candidates: ['a', 'b'],
  openedAt: AT,
});
const opened = (kind: ReviewKind = 'provisional'): ReviewEvent => ({
  type: 'ReviewOpened',
  data: { ...about(kind), dueAt: dueAfter(AT, kind) },
});
const same = (candidate = 0): ReviewCommand => ({
  type: 'DecideReview',
  decision: 'same',
  candidate,
  decidedBy: 'desk',
});
const different: ReviewCommand = { type: 'DecideReview', decision: 'different', decidedBy: 'desk' };
const decidedSame: ReviewEvent = {
  type: 'ReviewDecided',
  data: { decision: 'same', personId: 'q', candidates: ['a', 'b'], candidateId: 'b', decidedBy: 'desk' },
};
const decidedDifferent: ReviewEvent = {
  type: 'ReviewDecided',
  data: { decision: 'different', personId: 'q', candidates: ['a', 'b'], decidedBy: 'desk' },
};
const completed = (outcome: 'merged' | 'different' | 'assigned' | 'unmerged'): ReviewEvent => ({
  type: 'ReviewCompleted',
  data: { outcome },
});
const undo: ReviewCommand = { type: 'OrderUnmerge', reason: 'wrong-person', orderedBy: 'desk' };
const ordered: ReviewEvent = {
  type: 'UnmergeOrdered',
  data: { reason: 'wrong-person', orderedBy: 'desk' },
};

describe('A review', () => {
  it('stands as merged again when its merge can no longer be taken back, and may be ordered apart anew', () => {
    const refused: ReviewEvent = { type: 'UnmergeRefused', data: {} };
    const merged = [opened(), decidedSame, completed('merged')];
    given(...merged, ordered)
      .when({ type: 'RefuseUnmerge' })
      .then(refused);
    given(...merged, ordered, refused)
      .when({ type: 'RefuseUnmerge' })
      .thenNothing();
    given(...merged)
      .when({ type: 'RefuseUnmerge' })
      .thenNothing();
    given(...merged, ordered, refused)
      .when(undo)
      .then(ordered);
  });

  it('is opened once, and due by its kind in business days', () => {
    given()
      .when({ type: 'OpenReview', opened: about('held') })
      .then(opened('held'));
    given(opened())
      .when({ type: 'OpenReview', opened: about('held') })
      .thenNothing();
    expect(dueAfter(AT, 'held')).toBe('2026-11-27T10:00:00.000Z');
    // Friday to Monday.
    expect(dueAfter('2026-11-27T10:00:00.000Z', 'held')).toBe('2026-11-30T10:00:00.000Z');
    expect(dueAfter(AT, 'provisional')).toBe('2026-12-10T10:00:00.000Z');
  });

  it('is due earlier when it turns out to be held, once, and while it is open', () => {
    const hold: ReviewCommand = { type: 'HoldReview', at: AT };
    const held: ReviewEvent = { type: 'ReviewHeld', data: { dueAt: dueAfter(AT, 'held') } };
    given(opened()).when(hold).then(held);
    given(opened(), held).when(hold).thenNothing();
    given(opened('held')).when(hold).thenNothing();
    given(opened(), decidedSame).when(hold).thenNothing();
    given().when(hold).thenRefused('REVIEW.REVIEW_UNKNOWN');
  });

  it('is decided once, for one of the candidates or none', () => {
    given(opened()).when(same(1)).then(decidedSame);
    given(opened()).when(different).then(decidedDifferent);
    given(opened(), decidedSame).when(same(1)).thenNothing();
    given(opened(), decidedSame, completed('merged')).when(same(1)).thenNothing();
    given(opened(), decidedDifferent, completed('different')).when(different).thenNothing();
    for (const [decided, other] of [
      [decidedSame, different],
      [decidedSame, same(0)],
      [decidedDifferent, same(1)],
    ] as const)
      given(opened(), decided).when(other).thenRefused('REVIEW.ALREADY_DECIDED');
    given(opened()).when(same(2)).thenRefused('REVIEW.CANDIDATE_UNKNOWN');
    given().when(different).thenRefused('REVIEW.REVIEW_UNKNOWN');
  });

  it('of an unassigned submission names one of the two', () => {
    given(opened('unassigned')).when(different).thenRefused('REVIEW.CANDIDATE_UNKNOWN');
  });

  it('is completed by what was decided, and by nothing else', () => {
    const complete = (outcome: 'merged' | 'unmerged'): ReviewCommand => ({
      type: 'CompleteReview',
      outcome,
    });
    given(opened(), decidedSame).when(complete('merged')).then(completed('merged'));
    given(opened(), decidedSame, completed('merged')).when(complete('merged')).thenNothing();
    given(opened()).when(complete('merged')).thenNothing();
    given(opened(), decidedSame, completed('merged')).when(complete('unmerged')).thenNothing();
    given(opened(), decidedSame, completed('merged'), ordered)
      .when(complete('unmerged'))
      .then(completed('unmerged'));
  });

  it('that merged can be taken back, once', () => {
    given(opened(), decidedSame, completed('merged')).when(undo).then(ordered);
    given(opened(), decidedSame, completed('merged'), ordered).when(undo).thenNothing();
    given(opened(), decidedSame, completed('merged'), ordered, completed('unmerged'))
      .when(undo)
      .thenNothing();
    for (const before of [
      [opened()],
      [opened(), decidedSame],
      [opened(), decidedDifferent, completed('different')],
    ])
      given(...before)
        .when(undo)
        .thenRefused('REVIEW.NOT_MERGED');
    given().when(undo).thenRefused('REVIEW.REVIEW_UNKNOWN');
  });
});
