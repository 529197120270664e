/** Policy data of requests (DOMAIN 4.1). */
export interface RequestPolicy {
  readonly version: string;
  /** `YYYY-MM-DD`. */
  readonly effective: string;
  /** Days from receipt until a request is overdue. */
  readonly dueDays: number;
  /** Days that a request watches for a birth record before staff call (DOMAIN 4.3). */
  readonly watchDays: number;
}

export const REQUEST_POLICY: RequestPolicy = {
  version: '2',
  effective: '2026-01-01',
  dueDays: 5,
  watchDays: 120,
};
