/** The rows of a generated table: one per line, columns divided by `|`. */
export const rowsOf = (table: string): string[][] =>
  table
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.split('|'));

/** The values of a column that holds a list. */
export const listOf = (column: string | undefined): readonly string[] =>
  column === undefined || column === '' ? NOTHING : Object.freeze(column.split(','));

export const NOTHING: readonly string[] = Object.freeze([]);
