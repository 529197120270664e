import { existsSync } from 'node:fs';
import { DatabaseSync } from '@photostructure/sqlite';
import { type Bindable, toBindable } from './sql-value.js';

type NativeStatement = ReturnType<InstanceType<typeof DatabaseSync>['prepare']>;

export type SqliteRow = Record<string, Bindable>;

/**
 * A prepared statement with the surface of better-sqlite3 that TypeORM uses. Rows are plain objects with the normal
 * prototype (those of the driver have none, and `toStrictEqual` and `hasOwnProperty` fail on them).
 */
export class SqliteStatement {
  /** Whether it returns rows: TypeORM chooses between `all` and `run` by it. */
  readonly reader: boolean;
  readonly #native: NativeStatement;
  readonly #columns: readonly string[];

  constructor(native: NativeStatement) {
    this.#native = native;
    this.#columns = native.columns().map((column) => column.name);
    this.reader = this.#columns.length > 0;
    // Arrays and then objects of our own are faster than copying the driver's objects.
    native.setReturnArrays(true);
  }

  all(...parameters: readonly unknown[]): SqliteRow[] {
    return this.allBound(bindAll(parameters));
  }

  get(...parameters: readonly unknown[]): SqliteRow | undefined {
    return this.all(...parameters)[0];
  }

  run(...parameters: readonly unknown[]): { changes: number; lastInsertRowid: number | bigint } {
    return this.runBound(bindAll(parameters));
  }

  /** As `all`, for parameters that went through `toBindable` already. */
  allBound(parameters: readonly Bindable[]): SqliteRow[] {
    const columns = this.#columns;
    return (this.#native.all(...parameters) as Bindable[][]).map((values) => {
      const row: SqliteRow = {};
      for (let i = 0; i < columns.length; i++) row[columns[i] as string] = values[i] as Bindable;
      return row;
    });
  }

  /** As `run`, for parameters that went through `toBindable` already. */
  runBound(parameters: readonly Bindable[]): { changes: number; lastInsertRowid: number | bigint } {
    return this.#native.run(...parameters);
  }
}

function bindAll(parameters: readonly unknown[]): Bindable[] {
  return parameters.map((value, i) => toBindable(value, `parameter ${i + 1}`));
}

/**
 * `@photostructure/sqlite` behind the part of better-sqlite3's surface that TypeORM's driver of that name calls: pass
 * this class as its `driver` option. (better-sqlite3 itself cannot be installed without a compiler and node's
 * headers.)
 */
export class SqliteDatabase {
  readonly #native: InstanceType<typeof DatabaseSync>;
  readonly #statements = new Map<string, SqliteStatement>();

  /** @param options.timeout milliseconds that a statement waits, blocking, for another process's lock */
  constructor(
    file: string,
    options: {
      readonly readonly?: boolean;
      readonly fileMustExist?: boolean;
      readonly timeout?: number;
    } = {},
  ) {
    if (options.fileMustExist && !existsSync(file)) throw new Error(`No database at ${file}`);
    this.#native = new DatabaseSync(file, {
      readOnly: options.readonly ?? false,
      timeout: options.timeout ?? 0,
    });
  }

  prepare(sql: string): SqliteStatement {
    return new SqliteStatement(this.#native.prepare(sql));
  }

  /**
   * A statement prepared once per text. The oldest leaves when there are too many: texts are made by code, not by
   * data.
   */
  prepared(sql: string): SqliteStatement {
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      statement = this.prepare(sql);
      this.#statements.set(sql, statement);
      if (this.#statements.size > MAX_STATEMENTS) {
        const [oldest] = this.#statements.keys();
        if (oldest !== undefined) this.#statements.delete(oldest);
      }
    }
    return statement;
  }

  exec(sql: string): void {
    this.#native.exec(sql);
  }

  pragma(sql: string): SqliteRow[] {
    return this.prepare(`PRAGMA ${sql}`).all();
  }

  get inTransaction(): boolean {
    return this.#native.isTransaction;
  }

  close(): void {
    this.#statements.clear();
    if (this.#native.isOpen) this.#native.close();
  }
}

const MAX_STATEMENTS = 256;
