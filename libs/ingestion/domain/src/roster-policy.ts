/**
 * Policy data: how long a roster entry is evidence when the roster does not say (DOMAIN 2.3). Enrolment lasts to the end of the school
 * year, other rosters for a time.
 */
export interface RosterPolicy {
  readonly version: string;
  /** `YYYY-MM-DD`. */
  readonly effective: string;
  /** Month and day on which a school year ends, included, `MM-DD`. */
  readonly schoolYearEnds: string;
  readonly months: Readonly<Partial<Record<string, number>>>;
  /** Longest term that a roster may claim. */
  readonly maxMonths: number;
}

export const ROSTER_POLICY: RosterPolicy = {
  version: '1',
  effective: '2026-01-01',
  schoolYearEnds: '08-31',
  months: { provider: 24, 'group-purchaser': 12, 'community-action-agency': 12 },
  maxMonths: 24,
};

const ENROLMENT = ['school', 'child-care', 'postsecondary'];

/**
 * Last day of service by a roster that does not say, `YYYY-MM-DD`; undefined for organizations that send no rosters.
 * @param category of the organization
 * @param today the legal day, `YYYY-MM-DD`
 */
export const lastDayOfService = (
  category: string,
  today: string,
  policy: RosterPolicy = ROSTER_POLICY,
): string | undefined => {
  if (ENROLMENT.includes(category)) {
    const year = Number(today.slice(0, 4));
    const end = `${year}-${policy.schoolYearEnds}`;
    return today <= end ? end : `${year + 1}-${policy.schoolYearEnds}`;
  }
  const months = policy.months[category];
  return months === undefined ? undefined : monthsAfter(today, months);
};

/** Last day that a roster may claim from `today` on. */
export const latestDayOfService = (today: string, policy: RosterPolicy = ROSTER_POLICY): string =>
  monthsAfter(today, policy.maxMonths);

const monthsAfter = (day: string, months: number): string => {
  const year = Number(day.slice(0, 4));
  const month = Number(day.slice(5, 7)) - 1 + months;
  const lastDay = new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
  const date = new Date(Date.UTC(year, month, Math.min(Number(day.slice(8)), lastDay)));
  return date.toISOString().slice(0, 10);
};
