import { HttpException } from '@nestjs/common';

export type LimitCode = 'LIMIT.REQUESTS' | 'LIMIT.PERSONS' | 'LIMIT.WRONG_KEYS';

/** A limit is reached. The answer says which and for how long, and nothing of what was asked. */
export class TooManyRequests extends HttpException {
  /** Whole seconds, at least 1. */
  readonly retryAfterSeconds: number;

  constructor(
    readonly code: LimitCode,
    waitMs: number,
  ) {
    super('Too many requests', 429);
    this.retryAfterSeconds = Math.max(1, Math.ceil(waitMs / 1_000));
  }
}
