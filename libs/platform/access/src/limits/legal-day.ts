/** A legal day, which begins and ends at midnight in America/Chicago (DESIGN.md, Everywhere). */
export interface LegalDay {
  /** `YYYY-MM-DD`. */
  readonly name: string;
  /** Milliseconds since 1970; the second is exclusive. */
  readonly startsAt: number;
  readonly endsAt: number;
}

const CHICAGO = new Intl.DateTimeFormat('en-CA', {
  timeZone: 'America/Chicago',
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
});

/** The legal day that an instant falls on. */
export const legalDayAt = (instant: Date): LegalDay => {
  const name = CHICAGO.format(instant);
  const next = new Date(Date.parse(`${name}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10);
  return { name, startsAt: startOf(name), endsAt: startOf(next) };
};

/** The clocks change at 02:00, never at midnight: a day begins at 05:00Z in summer time, at 06:00Z else. */
const startOf = (day: string): number => {
  const inSummer = new Date(`${day}T05:00:00Z`);
  return inSummer.getTime() + (CHICAGO.format(inSummer) === day ? 0 : 3_600_000);
};
