import type { PostgresConnection } from '@registry/postgres';
import { KeyMissing } from './key-file.js';
import type { KeyTables } from './postgres-key-tables.js';
import type { WrappingKeys } from './wrapping-keys.js';

const MAX_IDS = 5_000;

export interface WrappedRow {
  readonly id: string;
  /** Null: the key was destroyed. */
  readonly version: number | null;
  readonly wrapped: Buffer | null;
}

/**
 * Keys of the ids that were ever put; undefined: destroyed.
 * @throws KeyMissing a wrapping key that is needed is not in the folder
 */
export const lookUp = async (
  connection: PostgresConnection,
  { ids, keys }: KeyTables,
  wrapping: WrappingKeys,
  wanted: readonly string[],
): Promise<Map<string, Uint8Array | undefined>> => {
  const found = new Map<string, Uint8Array | undefined>();
  for (let start = 0; start < wanted.length; start += MAX_IDS) {
    const chunk = wanted.slice(start, start + MAX_IDS);
    const select = async () =>
      (
        await connection.query<WrappedRow>({
          name: 'content-keys-find',
          text: `SELECT i.id, k.version, k.wrapped FROM ${ids} i LEFT JOIN ${keys} k USING (n)
                  WHERE i.id = ANY ($1::text[])`,
          values: [chunk],
        })
      ).rows;
    const open = (rows: readonly WrappedRow[]) => {
      for (const { id, version, wrapped } of rows)
        found.set(
          id,
          version === null || wrapped === null ? undefined : wrapping.unwrap(version, id, wrapped),
        );
    };
    const rows = await select();
    try {
      open(rows);
    } catch (error) {
      if (!(error instanceof KeyMissing)) throw error;
      // A rotation came in between: by now the rows are wrapped by the next one.
      open(await select());
    }
  }
  return found;
};

export const alive = (found: ReadonlyMap<string, Uint8Array | undefined>): Map<string, Uint8Array> =>
  new Map([...found].flatMap(([id, key]) => (key === undefined ? [] : [[id, key] as const])));
