/** Policy data of requests (DOMAIN 4.1). */
export interface RequestPolicy {
  readonly version: string;
  /** `YYYY-MM-DD`. */
  readonly effective: string;
  /** Days from receipt until a request is overdue. */
  readonly dueDays: number;
}

export const REQUEST_POLICY: RequestPolicy = { version: '1', effective: '2026-01-01', dueDays: 5 };
