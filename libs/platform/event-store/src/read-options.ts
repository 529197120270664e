import { type ReadOptions } from './event-store.port.js';

const LARGEST_REVISION = 2 ** 31 - 1;

const clamp = (value: number): number => Math.min(Math.max(Math.trunc(value), 0), LARGEST_REVISION);

/** A read of one stream with its defaults filled in. */
export interface StreamRange {
  readonly backwards: boolean;
  /** First revision, inclusive; -1 if no revision can qualify. */
  readonly from: number;
  readonly limit: number;
}

export const streamRange = (options: ReadOptions = {}): StreamRange => {
  const backwards = options.direction === 'backwards';
  const from = options.from ?? (backwards ? LARGEST_REVISION : 0);
  return { backwards, from: backwards && from < 0 ? -1 : clamp(from), limit: clamp(options.limit ?? 1000) };
};

/** Events in a page of the log unless asked otherwise. */
export const DEFAULT_PAGE = 500;

/** At least one, so that every page moves on. */
export const pageLimit = (limit: number | undefined): number => Math.max(1, clamp(limit ?? DEFAULT_PAGE));

/** Events looked at for one page when categories are filtered: bounds the time one page takes. */
export const scanLimit = (limit: number): number => Math.max(limit, 2000);
