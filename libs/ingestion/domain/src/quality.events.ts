/** Events of the journals `quality-<clientId>-<day>`: what was counted of a client's submissions since the one before. No data about persons. */
export interface SubmissionsTallied {
  readonly type: 'SubmissionsTallied';
  readonly data: Tally;
}

/** Counts of one client's submissions. */
export interface Tally {
  readonly clientId: string;
  readonly organizationId: string;
  /** All of it taken; something of it lost; nothing of it taken. */
  readonly accepted: number;
  readonly acceptedWithErrors: number;
  readonly rejected: number;
  /** Contents under a name that was used before. */
  readonly reused: number;
  /** How often what is wrong where: place, code and severity, such as `PID-7 101 E`. */
  readonly problems: Readonly<Record<string, number>>;
  /** Doses that the sender gave itself, by days from the dose to its receipt: `0-1`, `2-7`, `8-14`, `15-30`, `31+`. */
  readonly timeliness: Readonly<Record<string, number>>;
  /** Of which element how many were there, of how many that could be. */
  readonly completeness: Readonly<Record<string, { readonly present: number; readonly of: number }>>;
}

export const emptyTally = (clientId: string, organizationId: string): Tally => ({
  clientId,
  organizationId,
  accepted: 0,
  acceptedWithErrors: 0,
  rejected: 0,
  reused: 0,
  problems: {},
  timeliness: {},
  completeness: {},
});

/** Both together. */
export const sumOf = (a: Tally, b: Tally): Tally => ({
  ...a,
  accepted: a.accepted + b.accepted,
  acceptedWithErrors: a.acceptedWithErrors + b.acceptedWithErrors,
  rejected: a.rejected + b.rejected,
  reused: a.reused + b.reused,
  problems: sumOfCounts(a.problems, b.problems),
  timeliness: sumOfCounts(a.timeliness, b.timeliness),
  completeness: Object.fromEntries(
    [...new Set([...Object.keys(a.completeness), ...Object.keys(b.completeness)])].map((element) => [
      element,
      {
        present: (a.completeness[element]?.present ?? 0) + (b.completeness[element]?.present ?? 0),
        of: (a.completeness[element]?.of ?? 0) + (b.completeness[element]?.of ?? 0),
      },
    ]),
  ),
});

const sumOfCounts = (
  a: Readonly<Record<string, number>>,
  b: Readonly<Record<string, number>>,
): Record<string, number> => {
  const sum = { ...a };
  for (const [name, count] of Object.entries(b)) sum[name] = (sum[name] ?? 0) + count;
  return sum;
};
