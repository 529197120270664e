import type { ClientRole } from '@registry/contracts';

/** Policy data: what a client may ask for in a time, unless it has limits of its own (DESIGN.md, Everywhere). */
export interface LimitPolicy {
  readonly version: string;
  /** `YYYY-MM-DD`. */
  readonly effective: string;
  /** By the role that opens the route; a role that is not named has those of `others`. */
  readonly requestsPerMinute: {
    readonly [role in ClientRole]?: number | 'unlimited';
  } & { readonly others: number };
  /** How many seconds' worth of requests may come at once; at most 60. */
  readonly burstSeconds: number;
  /** Different persons whom a client may ask about in a legal day, found or not. */
  readonly personsPerDay: number;
  /** Of them, by attesting in the request that its organization serves them (DOMAIN 2.3). */
  readonly attestedPersonsPerDay: number;
  /** Wrong keys that one source address may try. */
  readonly wrongKeysPerMinute: number;
}

export const LIMIT_POLICY: LimitPolicy = {
  version: 'limits-1',
  effective: '2026-01-01',
  requestsPerMinute: { submitter: 'unlimited', reader: 60_000, others: 6_000 },
  burstSeconds: 10,
  personsPerDay: 20_000,
  attestedPersonsPerDay: 200,
  wrongKeysPerMinute: 600,
};
