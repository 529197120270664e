import type { ReviewKind } from './review.events.js';

/** Policy data: how long a review may take (DOMAIN 3.4: a held submission within one business day). */
export interface ReviewPolicy {
  readonly version: string;
  /** `YYYY-MM-DD`. */
  readonly effective: string;
  readonly businessDays: Readonly<Record<ReviewKind, number>>;
}

export const REVIEW_POLICY: ReviewPolicy = {
  version: 'review-1',
  effective: '2026-01-01',
  businessDays: { held: 1, provisional: 10, unassigned: 5 },
};

const SATURDAY = 6;
const SUNDAY = 0;

/** So many business days on, at the same time of day; holidays count as business days. @param from ISO-8601 UTC */
export const dueAfter = (from: string, kind: ReviewKind, policy: ReviewPolicy = REVIEW_POLICY): string => {
  let milliseconds = Date.parse(from);
  for (let left = policy.businessDays[kind]; left > 0;) {
    milliseconds += MS_PER_DAY;
    const weekday = new Date(milliseconds).getUTCDay();
    if (weekday !== SATURDAY && weekday !== SUNDAY) left -= 1;
  }
  return iso(milliseconds);
};

const MS_PER_DAY = 86_400_000;

const iso = (milliseconds: number): string => new Date(milliseconds).toISOString();
