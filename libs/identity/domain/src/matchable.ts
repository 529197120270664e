import type { Watched } from './watch-list.js';

/** What matching looks at; any richer demographics fit it. Dates are `YYYY-MM-DD`. */
export interface MatchableDemographics {
  readonly identifiers: readonly MatchableIdentifier[];
  readonly names: readonly { readonly family: string; readonly given: string }[];
  readonly birthDate: string;
  /** HL7 table 0001. */
  readonly sex?: string | undefined;
  readonly mothersMaidenName?: { readonly family?: string; readonly given?: string } | undefined;
  readonly guardians?: readonly { readonly family: string; readonly given: string }[] | undefined;
  /** Digits. */
  readonly phones?: readonly string[] | undefined;
  readonly addresses?: readonly { readonly street?: string; readonly zip?: string }[] | undefined;
  readonly multipleBirth?: boolean | undefined;
  readonly birthOrder?: number | undefined;
}

export interface MatchableIdentifier {
  readonly authority: string;
  /** HL7 table 0203. */
  readonly type: string;
  readonly value: string;
}

/** One source as it comes to be matched. */
export interface Matchable {
  readonly demographics: MatchableDemographics;
  /** Of a vital record: the keys of the file numbers whose earlier versions it continues. */
  readonly continues: readonly string[];
  /** Of a request for a child who is not born or has no name yet. */
  readonly watched?: Watched | undefined;
  /** May it start a person? A roster entry, a death and a void may not (DOMAIN 1.1). */
  readonly startsPerson: boolean;
}
