/** Policy data: what is evidence of a service relationship, for which purposes and how long (DOMAIN 2.3). */
export interface RelationshipPolicy {
  readonly name: string;
  readonly version: string;
  /** `YYYY-MM-DD`. */
  readonly effective: string;
  /** Purposes by category of organization; a category that is not there has no such evidence. */
  readonly ownSubmission: {
    readonly purposes: PurposesByCategory;
    readonly months: number;
    /** A renewal that gains less than this is not recorded. */
    readonly renewalDays: number;
  };
  readonly roster: {
    readonly purposes: PurposesByCategory;
    /** Their rosters last to the end of the school year. */
    readonly bySchoolYear: readonly string[];
    /** Last day of the school year, `MM-DD`. */
    readonly schoolYearEnd: string;
    /** What any other entry lasts at most, whatever it says, and if it says nothing. An entry that starts later than that is no evidence. */
    readonly longestMonths: number;
  };
  readonly attestation: { readonly purposes: PurposesByCategory; readonly days: number };
  readonly residence: {
    readonly purposes: PurposesByCategory;
    readonly months: number;
    readonly renewalDays: number;
  };
}

type PurposesByCategory = Readonly<Partial<Record<string, readonly string[]>>>;

export const RELATIONSHIP_POLICY: RelationshipPolicy = {
  name: 'relationships',
  version: '1',
  effective: '2026-01-01',
  ownSubmission: { purposes: { provider: ['treatment'] }, months: 24, renewalDays: 30 },
  roster: {
    purposes: {
      provider: ['treatment'],
      school: ['school'],
      'child-care': ['childcare'],
      postsecondary: ['postsecondary'],
      'group-purchaser': ['coverage'],
      'community-action-agency': ['client-service'],
    },
    bySchoolYear: ['school', 'child-care', 'postsecondary'],
    schoolYearEnd: '06-30',
    longestMonths: 12,
  },
  attestation: { purposes: { provider: ['treatment'] }, days: 30 },
  residence: {
    purposes: { 'community-health-board': ['assessment', 'outbreak', 'reminder'] },
    months: 12,
    renewalDays: 30,
  },
};
