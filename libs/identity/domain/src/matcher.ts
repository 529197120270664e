import type { Matchable } from './matchable.js';
import type { PersonIndex } from './person-index.js';

/** Why a decision was made: comparison levels, never the values compared. */
export interface Explanation {
  readonly model: string;
  readonly levels: Readonly<Record<string, string>>;
}

export type MatchDecision =
  | { readonly kind: 'match'; readonly personId: string; readonly explanation: Explanation }
  | { readonly kind: 'new'; readonly explanation: Explanation; readonly similar?: readonly string[] }
  /** May be one of these: a person for now, and a human decides. */
  | {
      readonly kind: 'possible';
      readonly candidates: readonly string[];
      readonly explanation: Explanation;
      readonly similar?: readonly string[];
    };

/**
 * Decides one submission against everybody known. Pure: the same index and values give the same decision.
 *
 * `similar` are persons of the same birth date with a compatible first or last name who are no candidates: it matters only where one of
 * them has opted out (DOMAIN 3.4), which matching does not know.
 */
export interface Matcher {
  decide(about: Matchable, index: PersonIndex): MatchDecision;
}
