export type Row = Record<string, unknown>;

/**
 * One row per key: PostgreSQL refuses to update a row twice in one statement. The first row stands with the updated
 * columns of the later ones, which is what statements one after the other would leave.
 *
 * @param key properties of the primary key
 */
export function mergeByKey(
  key: readonly string[],
  rows: readonly Row[],
  updated: readonly string[],
): readonly Row[] {
  if (rows.length < 2) return rows;
  const merged = new Map<unknown, Row>();
  for (const row of rows) {
    const place =
      key.length === 1
        ? comparable(row[key[0] as string])
        : JSON.stringify(key.map((k) => comparable(row[k])));
    const earlier = merged.get(place);
    if (earlier === undefined) {
      merged.set(place, row);
    } else {
      const both = { ...earlier };
      for (const property of updated) both[property] = row[property];
      merged.set(place, both);
    }
  }
  return [...merged.values()];
}

/** Equal bytes as equal map keys; other values compare as they are. */
export const comparable = (value: unknown) =>
  value instanceof Uint8Array ? `bytes ${Buffer.from(value).toString('base64')}` : value;
