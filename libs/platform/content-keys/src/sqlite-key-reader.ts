import { DatabaseSync } from '@photostructure/sqlite';
import type { KeyReader } from './content-keys.port.js';
import { findKeys, type KeyRow } from './key-table.js';
import { ContentKeysClosed, isDestroyed } from './stored-key.js';

const BUSY_TIMEOUT_MS = 1_000;

/**
 * Reads the keys of a file that another thread of this process writes. Each question is a read of its own that ends before the answer is
 * given, so it never keeps a destruction waiting for longer than that.
 */
export const openSqliteKeyReader = ({ file }: { readonly file: string }): KeyReader => {
  const database = new DatabaseSync(file, { readOnly: true, timeout: BUSY_TIMEOUT_MS });
  const statements = new Map<string, ReturnType<typeof database.prepare>>();
  const select = (sql: string, list: readonly string[]) => {
    let statement = statements.get(sql);
    if (statement === undefined) {
      statement = database.prepare(sql);
      statements.set(sql, statement);
    }
    return statement.all(...list) as unknown as ({ readonly id: string } & KeyRow)[];
  };
  return {
    getMany: async (ids) => {
      if (!database.isOpen) throw new ContentKeysClosed('The content keys are closed');
      const found = new Map<string, Uint8Array>();
      for (const [id, { key }] of findKeys(ids, select)) if (!isDestroyed(key)) found.set(id, key);
      return found;
    },
    close: async () => {
      statements.clear();
      if (database.isOpen) database.close();
    },
  };
};
