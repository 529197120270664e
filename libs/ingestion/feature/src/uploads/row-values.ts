/** Nothing that a store would refuse: U+0000 and halves of characters. Rows are flat. */
export const storableRow = (row: unknown): boolean =>
  typeof row !== 'object' ||
  row === null ||
  Object.values(row).every(
    (value) => typeof value !== 'string' || (!value.includes('\u0000') && !/\p{Surrogate}/u.test(value)),
  );

/** `YYYY-MM-DD`, a day that the calendar has. */
export const isCalendarDay = (day: string): boolean => {
  const instant = Date.parse(`${day}T00:00:00Z`);
  return !Number.isNaN(instant) && new Date(instant).toISOString().startsWith(day);
};

/** JSON's true, or CSV's. */
export const isTrue = (value: boolean | string): boolean => value === true || value === 'true';

export const digitsOf = (phone: string | undefined): string | undefined =>
  phone?.replace(/\D/g, '') || undefined;

/** A property only where there is a value: absent and undefined are different things once sealed as JSON. */
export const given = <Key extends string, Value>(
  key: Key,
  value: Value | undefined,
): { readonly [K in Key]?: Value } =>
  value === undefined ? {} : ({ [key]: value } as { [K in Key]: Value });
