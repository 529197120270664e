import type { Authority } from './request.commands.js';
import type { Capacity } from './request.events.js';

/** Policy data: who speaks for whom until when (DOMAIN 4.2). */
export interface AuthorityPolicy {
  readonly version: string;
  /** `YYYY-MM-DD`. */
  readonly effective: string;
  readonly ageOfMajority: number;
  /** Those whose authority ends with the person's majority. */
  readonly untilMajority: readonly Capacity[];
  /** Evidence by which a minor may speak alone. */
  readonly minorEvidence: readonly string[];
}

export const AUTHORITY_POLICY: AuthorityPolicy = {
  version: 'authority-1',
  effective: '2026-01-01',
  ageOfMajority: 18,
  untilMajority: ['parent', 'guardian', 'agency-with-custody'],
  minorEvidence: ['minor-may-consent', 'emancipated'],
};

/**
 * A proxy's authority ends at the local midnight with which the 18th birthday begins.
 * @param birthDate `YYYY-MM-DD`; undefined: not born yet @param today the legal day in America/Chicago
 */
export const authorityOf = (
  capacity: Capacity,
  birthDate: string | undefined,
  today: string,
  policy: AuthorityPolicy = AUTHORITY_POLICY,
): Authority => {
  const isAdult =
    birthDate !== undefined &&
    `${Number(birthDate.slice(0, 4)) + policy.ageOfMajority}${birthDate.slice(4)}` <= today;
  if (capacity === 'self') return isAdult ? 'stands' : 'minor-alone';
  return isAdult && policy.untilMajority.includes(capacity) ? 'ended' : 'stands';
};
