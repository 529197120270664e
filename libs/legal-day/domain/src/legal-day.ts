/**
 * Legal days begin and end in America/Chicago (DESIGN.md, Everywhere). Instants are ISO-8601 UTC, days `YYYY-MM-DD`.
 */
const CHICAGO = new Intl.DateTimeFormat('en-CA', {
  timeZone: 'America/Chicago',
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
});

const MS_PER_DAY = 86_400_000;

/** The legal day that an instant falls on. */
export const legalDayOf = (instant: string | Date): string =>
  CHICAGO.format(typeof instant === 'string' ? new Date(instant) : instant);

/** The instant at which a legal day begins: 05:00Z in summer time, 06:00Z else. The clocks change at 02:00, never at midnight. */
export const startOfLegalDay = (day: string): string => {
  const inSummer = `${day}T05:00:00.000Z`;
  return legalDayOf(inSummer) === day ? inSummer : `${day}T06:00:00.000Z`;
};

/** The instant at which a legal day is over, which is the first of the next. */
export const endOfLegalDay = (day: string): string => startOfLegalDay(dayAfter(day, 1));

export const dayAfter = (day: string, days: number): string =>
  new Date(Date.parse(`${day}T00:00:00Z`) + days * MS_PER_DAY).toISOString().slice(0, 10);

/** Legal days from an instant's own day to the last day that ends at or before `until`; 0: it is the last one, negative: over. */
export const legalDaysUntil = (until: string, from: string): number => {
  // Exclusive: what ends at midnight has the day before as its last.
  const last = legalDayOf(new Date(Date.parse(until) - 1).toISOString());
  return (Date.parse(last) - Date.parse(legalDayOf(from))) / MS_PER_DAY;
};
