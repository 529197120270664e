import { closeSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { assertPrivate, ensurePrivateFolder, flushFolder } from './private-file.js';
import { CONTENT_KEY_BYTES, isDestroyed, NO_KEY } from './stored-key.js';

type Database = InstanceType<typeof DatabaseSync>;
type Statement = ReturnType<Database['prepare']>;

/**
 * The bytes of a key are in exactly one cell of the database. `keys` grows at its end only (ascending `n`, rows are
 * never deleted), so SQLite never moves rows between its pages, which would leave copies in the gaps of old ones even with
 * `secure_delete`; and a row of fixed size is overwritten where it is. Ids, which are no secrets, live apart. A
 * destroyed key is 32 zeros: the same row is the tombstone.
 */
const SCHEMA = `
  CREATE TABLE IF NOT EXISTS keys (
    n INTEGER PRIMARY KEY,
    key BLOB NOT NULL CHECK (length(key) = ${CONTENT_KEY_BYTES})
  );
  CREATE TABLE IF NOT EXISTS ids (
    n INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    put_at INTEGER NOT NULL -- ms since 1970, never decreasing with n
  );
  -- Keys that are overwritten, while the write-ahead log may still hold their bytes.
  CREATE TABLE IF NOT EXISTS pending (n INTEGER PRIMARY KEY);
`;

const BUSY_TIMEOUT_MS = 1_000;
/** `getMany` asks for ids in lists of these lengths, so that few statements are prepared. */
const LIST_LENGTHS = [1, 8, 64, 256] as const;

export interface KeyRow {
  readonly n: number;
  readonly key: Uint8Array;
}

/** Rows of the ids that have one, by statements of a few lengths. */
export const findKeys = (
  ids: readonly string[],
  select: (sql: string, list: readonly string[]) => readonly ({ readonly id: string } & KeyRow)[],
): Map<string, KeyRow> => {
  const found = new Map<string, KeyRow>();
  for (let start = 0; start < ids.length;) {
    const left = ids.length - start;
    const length = LIST_LENGTHS.find((each) => each >= left) ?? 256;
    const list = ids.slice(start, start + length);
    start += length;
    while (list.length < length) list.push(list[0] as string);
    const sql = `SELECT id, n, key FROM ids JOIN keys USING (n) WHERE id IN (?${', ?'.repeat(length - 1)})`;
    for (const row of select(sql, list)) found.set(row.id, row);
  }
  return found;
};

/**
 * Makes the file, with its folder, readable by the owner only.
 * @throws SecretFileRefused the file can be used by others
 */
export const prepareKeyFile = (file: string): void => {
  ensurePrivateFolder(dirname(file));
  // SQLite gives its log the mode of the database.
  const descriptor = openSync(file, 'a', 0o600);
  try {
    assertPrivate(descriptor, file);
  } finally {
    closeSync(descriptor);
  }
  flushFolder(dirname(file));
};

/** The tables of `keys.db`. Every method runs to its end, so nothing interleaves with a transaction. */
export class KeyTable {
  readonly #database: Database;
  readonly #statements = new Map<string, Statement>();
  readonly #pending = new Set<number>();
  #nextN: number;
  #lastPutAt: number;

  /** @param file that `prepareKeyFile` has made */
  constructor(file: string) {
    this.#database = new DatabaseSync(file, { timeout: BUSY_TIMEOUT_MS });
    this.#database.exec('PRAGMA journal_mode = WAL');
    // A reopened WAL file comes up with NORMAL: set it every time.
    this.#database.exec('PRAGMA synchronous = FULL; PRAGMA secure_delete = ON; PRAGMA temp_store = MEMORY');
    // 16 MiB: the ids are random, so their index is met all over.
    this.#database.exec('PRAGMA cache_size = -16384');
    this.transaction(() => this.#database.exec(SCHEMA));

    for (const { n } of this.rows<{ n: number }>('SELECT n FROM pending')) this.#pending.add(n);
    const [last] = this.rows<{ n: number; put_at: number }>(
      'SELECT n, put_at FROM ids ORDER BY n DESC LIMIT 1',
    );
    this.#nextN = (last?.n ?? 0) + 1;
    this.#lastPutAt = last?.put_at ?? 0;
  }

  /** Commits what `work` did, durably, or undoes all of it when it throws. */
  transaction<T>(work: () => T): T {
    const nextN = this.#nextN;
    this.#database.exec('BEGIN IMMEDIATE');
    try {
      const result = work();
      this.#database.exec('COMMIT');
      return result;
    } catch (error) {
      this.#nextN = nextN;
      // Some errors (a full disk) have rolled back already.
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
      throw error;
    }
  }

  /** Stores the key unless the id has a row. @returns the key that the id has then, or undefined: it was destroyed */
  put(id: string, key: Uint8Array, putAt: number): Uint8Array | undefined {
    const at = Math.max(putAt, this.#lastPutAt);
    const { changes } = this.statement(
      'INSERT INTO ids (n, id, put_at) VALUES (?, ?, ?) ON CONFLICT (id) DO NOTHING',
    ).run(this.#nextN, id, at);
    if (changes === 0) {
      const stored = this.find([id]).get(id)?.key;
      return stored === undefined || isDestroyed(stored) ? undefined : stored;
    }
    this.statement('INSERT INTO keys (n, key) VALUES (?, ?)').run(this.#nextN, key);
    this.#nextN++;
    this.#lastPutAt = at;
    return Uint8Array.from(key);
  }

  /** Rows of the ids that have one, destroyed ones included. */
  find(ids: readonly string[]): Map<string, KeyRow> {
    return findKeys(ids, (sql, list) => this.rows<{ id: string } & KeyRow>(sql, ...list));
  }

  /**
   * Overwrites the keys where they are and notes that the log is still to be cleared. (Rows stay in `pending` when
   * the transaction is undone: that costs a checkpoint and no more.)
   */
  overwrite(rows: Iterable<KeyRow>): void {
    for (const { n } of rows) {
      this.statement('INSERT INTO pending (n) VALUES (?) ON CONFLICT DO NOTHING').run(n);
      this.statement('UPDATE keys SET key = ? WHERE n = ?').run(NO_KEY, n);
      this.#pending.add(n);
    }
  }

  get pending(): ReadonlySet<number> {
    return this.#pending;
  }

  /**
   * Brings the overwritten pages into the database and empties the log, the last place where destroyed keys may be.
   * @returns false when a reader that still uses the log made it busy
   */
  clearLog(): boolean {
    if (this.#pending.size === 0) return true;
    // Waiting in SQLite would block the process: the caller waits between attempts.
    this.#database.exec('PRAGMA busy_timeout = 0');
    let busy: number | undefined;
    try {
      busy = this.rows<{ busy: number }>('PRAGMA wal_checkpoint(TRUNCATE)')[0]?.busy;
    } finally {
      this.#database.exec(`PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS}`);
    }
    if (busy !== 0) return false;
    // SQLite does not flush the truncation itself. This commit does, because it flushes the same file: a power cut
    // cannot bring the old log back.
    this.transaction(() => this.#database.exec('DELETE FROM pending'));
    this.#pending.clear();
    return true;
  }

  close(): void {
    this.#statements.clear();
    if (this.#database.isOpen) this.#database.close();
  }

  private rows<Row>(sql: string, ...parameters: (string | number)[]): Row[] {
    return this.statement(sql).all(...parameters) as Row[];
  }

  private statement(sql: string): Statement {
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      statement = this.#database.prepare(sql);
      this.#statements.set(sql, statement);
    }
    return statement;
  }
}
