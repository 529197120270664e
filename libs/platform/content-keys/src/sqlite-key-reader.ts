import { DatabaseSync } from '@photostructure/sqlite';
import type { KeyReader } from './content-keys.port.js';
import { findKeys, type KeyRow } from './key-table.js';
import { ContentKeysClosed, isDestroyed } from './stored-key.js';

const BUSY_TIMEOUT_MS = 1_000;
const PAGE = 256;

/** Keys of a file that another thread of this process writes, read. */
export interface SqliteKeyReader extends KeyReader {
  /** Ids of keys put before `end` (ms since 1970), in the order they were put. @throws RangeError `after` was never put */
  olderThan(end: number, after: string | undefined, limit: number): readonly string[];
}

/**
 * Each question is a read of its own that ends before the answer is given, so it never keeps a destruction waiting for longer than that.
 */
export const openSqliteKeyReader = ({ file }: { readonly file: string }): SqliteKeyReader => {
  const database = new DatabaseSync(file, { readOnly: true, timeout: BUSY_TIMEOUT_MS });
  const statements = new Map<string, ReturnType<typeof database.prepare>>();
  const rows = <Row>(sql: string, ...parameters: readonly (string | number)[]): Row[] => {
    if (!database.isOpen) throw new ContentKeysClosed('The content keys are closed');
    let statement = statements.get(sql);
    if (statement === undefined) {
      statement = database.prepare(sql);
      statements.set(sql, statement);
    }
    return statement.all(...parameters) as Row[];
  };
  const numberOf = (id: string): number => {
    const [row] = rows<{ n: number }>('SELECT n FROM ids WHERE id = ?', id);
    if (row === undefined) throw new RangeError('`after` was never put');
    return row.n;
  };
  return {
    getMany: async (ids) => {
      const found = new Map<string, Uint8Array>();
      for (const [id, { key }] of findKeys(ids, (sql, list) => rows(sql, ...list)))
        if (!isDestroyed(key)) found.set(id, key);
      return found;
    },
    olderThan: (end, after, limit) => {
      const older: string[] = [];
      let n = after === undefined ? 0 : numberOf(after);
      for (;;) {
        const page = rows<{ id: string; put_at: number } & KeyRow>(
          `SELECT n, id, put_at, key FROM ids JOIN keys USING (n) WHERE n > ? ORDER BY n LIMIT ${PAGE}`,
          n,
        );
        for (const row of page) {
          if (row.put_at >= end || older.length >= limit) return older;
          if (!isDestroyed(row.key)) older.push(row.id);
          n = row.n;
        }
        if (page.length < PAGE) return older;
      }
    },
    close: async () => {
      statements.clear();
      if (database.isOpen) database.close();
    },
  };
};
