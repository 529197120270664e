import type { ReadModel } from '@registry/persistence';
import type { ReviewRow } from './review-rows.js';

export interface ReviewList {
  readonly reviews: readonly Omit<ReviewRow, 'revision'>[];
  /** Pass as `after` for the next page; absent on the last one. */
  readonly next?: string;
}

const PAGE = 100;

/**
 * Open reviews in the order in which they fall due.
 * @param after the `next` of the page before @param dueBefore ISO-8601 UTC: the overdue ones only
 */
export const openReviews = async (
  readModel: ReadModel,
  after: string | undefined,
  dueBefore: string | undefined,
): Promise<ReviewList> => {
  const [dueAt = '', reviewId = ''] = after?.split('|') ?? [];
  const reviews = await readModel.select<Omit<ReviewRow, 'revision'>>(
    `SELECT review_id AS "reviewId", kind, status, opened_at AS "openedAt", due_at AS "dueAt" FROM review
      WHERE status = 'open' AND due_at < ? AND (due_at > ? OR (due_at = ? AND review_id > ?))
      ORDER BY due_at, review_id LIMIT ${PAGE}`,
    [dueBefore ?? '9999', dueAt, dueAt, reviewId],
  );
  const last = reviews.at(-1);
  return {
    reviews,
    ...(reviews.length === PAGE && last !== undefined ? { next: `${last.dueAt}|${last.reviewId}` } : {}),
  };
};
