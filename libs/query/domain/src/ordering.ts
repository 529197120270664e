import type { RecordSource } from './source.js';

export const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Oldest first; ties by id, so that no order depends on how the sources were handed over. Of one batch many are received at one instant. */
export const byReceipt = (a: RecordSource, b: RecordSource): number =>
  compare(a.receivedAt, b.receivedAt) || a.arrival - b.arrival || compare(a.submissionId, b.submissionId);
