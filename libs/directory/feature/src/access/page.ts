/** Rows of a page of a list; the last one names where the next page begins. */
export const PAGE_SIZE = 100;

/** `{ next }` if there may be more: pass it as `after`. */
export const nextOf = <Row>(
  rows: readonly Row[],
  keyOf: (row: Row) => string,
): { readonly next?: string } => {
  const last = rows.at(-1);
  return rows.length < PAGE_SIZE || last === undefined ? {} : { next: keyOf(last) };
};
