/** What matching looks at; any richer demographics fit it. Dates are `YYYY-MM-DD`. */
export interface MatchableDemographics {
  readonly identifiers: readonly MatchableIdentifier[];
  readonly names: readonly { readonly family: string; readonly given: string }[];
  readonly birthDate: string;
}

export interface MatchableIdentifier {
  readonly authority: string;
  readonly type: string;
  readonly value: string;
}
