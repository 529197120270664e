/**
 * Policy data: categories of organizations that may send rosters (DOMAIN 2.3). What a roster is evidence of, and how long, is for the
 * directory's policy to say.
 */
export interface RosterSenders {
  readonly version: string;
  /** `YYYY-MM-DD`. */
  readonly effective: string;
  readonly categories: readonly string[];
}

export const ROSTER_SENDERS: RosterSenders = {
  version: '1',
  effective: '2026-01-01',
  categories: [
    'provider',
    'school',
    'child-care',
    'postsecondary',
    'group-purchaser',
    'community-action-agency',
  ],
};
