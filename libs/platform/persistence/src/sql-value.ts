/**
 * What a column of a read model can hold: the values that SQLite and PostgreSQL bind alike. Instants and dates travel
 * as ISO-8601 text, JSON as text that the caller writes, 64-bit integers as text (a double cannot carry them).
 */
export type SqlValue = string | number | boolean | null | Uint8Array;

/** A value as the SQLite driver takes it. */
export type Bindable = string | number | null | Uint8Array;

/**
 * Turns a value into one that the driver binds as it is meant. The driver itself binds NULL, without a word, for a
 * Date or a plain object in the first place (it takes them for named parameters) and for NaN, and cuts text off at
 * U+0000, which PostgreSQL refuses: a lost value is worse than an error.
 *
 * @param where names the place in the error, never the value: values are person data
 * @throws TypeError the value is not an SqlValue, or a number that a column would not keep exactly
 */
export function toBindable(value: unknown, where: string): Bindable {
  if (typeof value === 'string') {
    if (!value.includes('\0')) return value;
    throw new TypeError(`${where}: text with U+0000, which no store keeps`);
  }
  if (typeof value === 'number') {
    if (Number.isSafeInteger(value) || (Number.isFinite(value) && !Number.isInteger(value))) return value;
    throw new TypeError(
      `${where}: a number that a column cannot keep exactly; store 64-bit integers as text`,
    );
  }
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (value === null || value instanceof Uint8Array) return value;
  throw new TypeError(`${where}: expected a string, number, boolean, null or bytes, not ${typeof value}`);
}
