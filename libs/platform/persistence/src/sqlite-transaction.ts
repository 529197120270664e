import type { DataSource } from 'typeorm';
import { type EntityClass, ReadModelClosed, type ReadModelTransaction } from './read-model.js';
import { comparable, mergeByKey, type Row } from './rows-by-key.js';
import { settled } from './turns.js';
import { type Bindable, type SqlValue, toBindable } from './sql-value.js';
import type { SqliteDatabase } from './sqlite-driver.js';
import { type TableSql, tableSql } from './table-sql.js';

/** SQLite's limit is 32,766; PostgreSQL's 65,535. */
const MAX_VARIABLES = 32_766;
/**
 * More rows in one statement gain nothing (measured: 1 row 120,000/s, 8 rows 160,000/s, 64 rows 180,000/s, 200 rows
 * 175,000/s).
 */
const MAX_ROWS = 64;
const MAX_IN = 256;

/** Tables by entity; they depend on the entity's metadata only, so every transaction of a DataSource shares one. */
export class Tables {
  readonly #tables = new Map<EntityClass<object>, TableSql>();

  constructor(private readonly dataSource: DataSource) {}

  of(entity: EntityClass<object>): TableSql {
    let table = this.#tables.get(entity);
    if (table === undefined) {
      table = tableSql(this.dataSource.getMetadata(entity));
      this.#tables.set(entity, table);
    }
    return table;
  }
}

/**
 * The statements of one transaction on the writing connection. Each runs to its end before it returns, so they cannot
 * interleave.
 */
export class SqliteTransaction implements ReadModelTransaction {
  #ended = false;
  #failure: { readonly error: unknown } | undefined;

  constructor(
    private readonly database: SqliteDatabase,
    private readonly tables: Tables,
  ) {}

  /**
   * Ends the use of it: later statements would run outside any transaction.
   * @throws what a statement failed with, even when the caller caught it: half of it may be done (PostgreSQL refuses
   * to commit then, too)
   */
  end(): void {
    this.#ended = true;
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  find<E extends object>(
    entity: EntityClass<E>,
    column: keyof E & string,
    values: readonly SqlValue[],
  ): Promise<E[]> {
    return this.attempt(() => {
      const table = this.table(entity);
      const found: E[] = [];
      for (const chunk of chunksOfValues(values, `${table.name}.${column}`)) {
        const rows: Row[] = this.database.prepared(table.select(column, chunk.length)).allBound(chunk);
        for (const row of rows) {
          for (const property of table.booleans)
            if (row[property] !== null) row[property] = row[property] !== 0;
          found.push(row as E);
        }
      }
      return found;
    });
  }

  remove<E extends object>(
    entity: EntityClass<E>,
    column: keyof E & string,
    values: readonly SqlValue[],
  ): Promise<void> {
    return this.attempt(() => {
      const table = this.table(entity);
      for (const chunk of chunksOfValues(values, `${table.name}.${column}`)) {
        this.database.prepared(table.remove(column, chunk.length)).runBound(chunk);
      }
    });
  }

  upsert<E extends object>(
    entity: EntityClass<E>,
    rows: readonly E[],
    columns?: readonly (keyof E & string)[],
  ): Promise<void> {
    return this.attempt(() => {
      const table = this.table(entity);
      const updated = columns ?? table.properties.filter((property) => !table.key.includes(property));
      this.insert(table, mergeByKey(table.key, rows as readonly Row[], updated), updated);
    });
  }

  insertIfAbsent<E extends object>(entity: EntityClass<E>, rows: readonly E[]): Promise<void> {
    return this.attempt(() => this.insert(this.table(entity), rows as readonly Row[], []));
  }

  /** As `end`, for a transaction that is rolled back anyway. */
  abandon(): void {
    this.#ended = true;
  }

  private attempt<T>(statement: () => T): Promise<T> {
    return settled(() => {
      try {
        return statement();
      } catch (error) {
        this.#failure ??= { error };
        throw error;
      }
    });
  }

  private table(entity: EntityClass<object>): TableSql {
    if (this.#ended) throw new ReadModelClosed('The transaction has ended');
    return this.tables.of(entity);
  }

  private insert(table: TableSql, rows: readonly Row[], updated: readonly string[]): void {
    const { properties } = table;
    const places = properties.map((property) => `${table.name}.${property}`);
    const largest = Math.max(1, Math.min(MAX_ROWS, Math.floor(MAX_VARIABLES / properties.length)));
    let start = 0;
    for (const size of powersOfTwo(rows.length, largest)) {
      const parameters: Bindable[] = [];
      for (const end = start + size; start < end; start++) {
        const row = rows[start] as Row;
        for (let i = 0; i < properties.length; i++) {
          parameters.push(toBindable(row[properties[i] as string], places[i] as string));
        }
      }
      this.database.prepared(table.insert(size, updated)).runBound(parameters);
    }
  }
}

/**
 * Distinct values in chunks whose sizes are powers of two, so that few statements are ever prepared; the last one is
 * filled by repeating.
 */
function* chunksOfValues(values: readonly SqlValue[], place: string): Generator<readonly Bindable[]> {
  const distinct = new Map<unknown, Bindable>();
  for (const value of values) distinct.set(comparable(value), toBindable(value, place));
  const all = [...distinct.values()];
  for (let start = 0; start < all.length; start += MAX_IN) {
    const chunk = all.slice(start, start + MAX_IN);
    const last = chunk[chunk.length - 1] as Bindable;
    let size = 1;
    while (size < chunk.length) size *= 2;
    while (chunk.length < size) chunk.push(last);
    yield chunk;
  }
}

/** `count` as a sum of powers of two not above `largest`: few statements are ever prepared. */
function* powersOfTwo(count: number, largest: number): Generator<number> {
  let size = 1;
  while (size * 2 <= largest) size *= 2;
  for (let left = count; left > 0; left -= size) {
    while (size > left) size /= 2;
    yield size;
  }
}
