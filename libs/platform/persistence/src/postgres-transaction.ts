import type { PostgresConnection } from '@registry/postgres';
import type { DataSource } from 'typeorm';
import { ENTITY_VALUES, PreparedTexts } from './postgres-sql.js';
import { type PostgresTable, postgresTable } from './postgres-table.js';
import { type EntityClass, ReadModelClosed, type ReadModelTransaction } from './read-model.js';
import { comparable, mergeByKey, type Row } from './rows-by-key.js';
import { type Bindable, type SqlValue, toBindable } from './sql-value.js';
import { Turns } from './turns.js';

/** Rows in one statement; its arrays are one parameter each, so the limit of 65,535 parameters is far. */
const MAX_ROWS = 1_000;
const MAX_VALUES = 5_000;

/** Tables and statements by entity, shared by every transaction of a read model. */
export class PostgresTables {
  readonly texts = new PreparedTexts();
  readonly #tables = new Map<EntityClass<object>, PostgresTable>();

  constructor(private readonly dataSource: DataSource) {}

  of(entity: EntityClass<object>): PostgresTable {
    let table = this.#tables.get(entity);
    if (table === undefined) {
      table = postgresTable(this.dataSource, entity);
      this.#tables.set(entity, table);
    }
    return table;
  }

  /** Quoted names. */
  get names(): readonly string[] {
    return this.dataSource.entityMetadatas.map(({ target }) => this.of(target as EntityClass<object>).table);
  }
}

/** The statements of one transaction, one after the other on its connection, in the order they were asked for. */
export class PostgresTransaction implements ReadModelTransaction {
  readonly #turns = new Turns();
  #ended = false;
  #failure: { readonly error: unknown } | undefined;

  constructor(
    private readonly connection: PostgresConnection,
    private readonly tables: PostgresTables,
  ) {}

  /**
   * Ends the use of it, once what was asked for is done.
   * @throws what a statement failed with, even when the caller caught it: the server would roll back anyway
   */
  async end(): Promise<void> {
    await this.abandon();
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  /** As `end`, for a transaction that is rolled back anyway. */
  async abandon(): Promise<void> {
    this.#ended = true;
    await this.#turns.run(() => undefined);
  }

  find<E extends object>(
    entity: EntityClass<E>,
    column: keyof E & string,
    values: readonly SqlValue[],
  ): Promise<E[]> {
    return this.attempt(entity, async (table) => {
      const found: E[] = [];
      for (const chunk of chunksOfValues(values, `${table.name}.${column}`)) {
        for (const row of await this.run<E>(table.select(column), [chunk])) found.push(row);
      }
      return found;
    });
  }

  remove<E extends object>(
    entity: EntityClass<E>,
    column: keyof E & string,
    values: readonly SqlValue[],
  ): Promise<void> {
    return this.attempt(entity, async (table) => {
      for (const chunk of chunksOfValues(values, `${table.name}.${column}`))
        await this.run(table.remove(column), [chunk]);
    });
  }

  upsert<E extends object>(
    entity: EntityClass<E>,
    rows: readonly E[],
    columns?: readonly (keyof E & string)[],
  ): Promise<void> {
    return this.attempt(entity, (table) => {
      const updated = columns ?? table.properties.filter((property) => !table.key.includes(property));
      return this.insert(table, mergeByKey(table.key, rows as readonly Row[], updated), updated);
    });
  }

  insertIfAbsent<E extends object>(entity: EntityClass<E>, rows: readonly E[]): Promise<void> {
    return this.attempt(entity, (table) => this.insert(table, rows as readonly Row[], []));
  }

  private async attempt<T>(
    entity: EntityClass<object>,
    statement: (table: PostgresTable) => Promise<T>,
  ): Promise<T> {
    if (this.#ended) throw new ReadModelClosed('The transaction has ended');
    return this.#turns.run(async () => {
      try {
        if (this.#failure !== undefined) throw this.#failure.error;
        return await statement(this.tables.of(entity));
      } catch (error) {
        this.#failure ??= { error };
        throw error;
      }
    });
  }

  private async insert(
    table: PostgresTable,
    rows: readonly Row[],
    updated: readonly string[],
  ): Promise<void> {
    const sql = table.insert(updated);
    for (let start = 0; start < rows.length; start += MAX_ROWS) {
      const chunk = rows.slice(start, start + MAX_ROWS);
      const columns = table.properties.map((property) =>
        chunk.map((row) => toBindable(row[property], `${table.name}.${property}`)),
      );
      await this.run(sql, columns);
    }
  }

  private async run<E extends object>(
    sql: string,
    values: readonly (readonly Bindable[])[],
  ): Promise<readonly E[]> {
    const { rows } = await this.connection.query<E>({
      ...this.tables.texts.of(sql),
      values,
      types: ENTITY_VALUES,
    });
    return rows;
  }
}

function* chunksOfValues(values: readonly SqlValue[], place: string): Generator<readonly Bindable[]> {
  const distinct = new Map<unknown, Bindable>();
  for (const value of values) distinct.set(comparable(value), toBindable(value, place));
  const all = [...distinct.values()];
  for (let start = 0; start < all.length; start += MAX_VALUES) yield all.slice(start, start + MAX_VALUES);
}
