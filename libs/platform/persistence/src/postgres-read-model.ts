import { setTimeout as delay } from 'node:timers/promises';
import { connectSession, PostgresPool } from '@registry/postgres';
import type { DataSource, MigrationInterface } from 'typeorm';
import { numbered, PreparedTexts, SELECTED_VALUES } from './postgres-sql.js';
import {
  APPLICATION,
  dataSource,
  lockOf,
  migrate,
  type PostgresSchema,
  requireSchema,
} from './postgres-schema.js';
import { PostgresTables, PostgresTransaction } from './postgres-transaction.js';
import {
  type EntityClass,
  type ReadModel,
  ReadModelClosed,
  ReadModelNotReady,
  type ReadModelTransaction,
  ReadModelUnavailable,
  ReadOnlyReadModel,
} from './read-model.js';
import { type SqlValue, toBindable } from './sql-value.js';
import { Turns } from './turns.js';

export interface PostgresReadModelOptions {
  /** Of a role that may create the schema, or owns it; without an `options` parameter. No pooler that changes sessions between transactions. */
  readonly connectionString: string;
  /** Lower-case word. The tables are in the schema `read_<context>`, created if needed. */
  readonly context: string;
  readonly entities: readonly EntityClass<object>[];
  /** The same as on SQLite: portable SQL or TypeORM's schema API. Run at open, each in a transaction. */
  readonly migrations: readonly (new () => MigrationInterface)[];
  /** Makes no schema and writes nothing: for processes that only ask. */
  readonly readOnly?: boolean;
  /** With `readOnly`: milliseconds to wait for the server and the schema. Default 0. */
  readonly waitFor?: number;
  /** Connections for `select`, and as many for `queries`, at most; default 4. Writing takes one more. */
  readonly poolSize?: number;
  /** Milliseconds after which a server that does not answer counts as gone; default 10,000. */
  readonly timeout?: number;
}

/**
 * Opens the read model of one context in a PostgreSQL database, version 13 or later (docs/adr/0017-read-models-and-keys-on-postgresql.md).
 * Any number of processes may share it: their transactions do not interleave either. Integer columns have 32 bits.
 * @throws ReadModelUnavailable the server cannot be reached
 * @throws ReadModelUnusable the server acknowledges commits before they are durable
 * @throws ReadModelNotReady with `readOnly`: the schema, or a migration in it, is still missing after `waitFor`
 */
export async function openPostgresReadModel(options: PostgresReadModelOptions): Promise<ReadModel> {
  if (!/^[a-z][a-z0-9_]*$/.test(options.context)) throw new TypeError(`'${options.context}' is no context`);
  const schema: PostgresSchema = {
    connectionString: options.connectionString,
    schema: `read_${options.context}`,
    entities: options.entities,
    migrations: options.migrations,
    timeout: options.timeout ?? 10_000,
  };
  const poolSize = options.poolSize ?? 4;
  if (!options.readOnly) {
    await migrate(schema);
    return connect(schema, poolSize, false);
  }
  const deadline = performance.now() + (options.waitFor ?? 0);
  for (;;) {
    try {
      return await connect(schema, poolSize, true);
    } catch (error) {
      const passes = error instanceof ReadModelNotReady || error instanceof ReadModelUnavailable;
      if (!passes || performance.now() >= deadline) throw error;
      await delay(50);
    }
  }
}

const READING = { default_transaction_read_only: 'on' } as const;

async function connect(schema: PostgresSchema, poolSize: number, readOnly: boolean): Promise<ReadModel> {
  const pool = (size: number, settings: Readonly<Record<string, string>>) =>
    new PostgresPool({
      ...schema,
      poolSize: size,
      applicationName: APPLICATION,
      settings: { search_path: schema.schema, ...settings },
      away: ReadModelUnavailable,
    });
  const reader = pool(poolSize, READING);
  const queries = dataSource(schema, { poolSize, settings: READING, queryTimeout: schema.timeout });
  try {
    await requireSchema(reader, schema);
    await queries.initialize().catch((error: unknown) => {
      throw new ReadModelUnavailable('The server cannot be reached', { cause: error });
    });
  } catch (error) {
    await reader.close();
    throw error;
  }
  return new PostgresReadModel(schema, reader, queries, readOnly ? undefined : pool(1, {}));
}

/** How long `scrub` waits for snapshots that still see deleted rows: those of statements end by themselves. */
const SNAPSHOT_PATIENCE_MS = 250;
const SNAPSHOT_POLL_MS = 20;

class PostgresReadModel implements ReadModel {
  readonly #tables: PostgresTables;
  readonly #texts = new PreparedTexts();
  readonly #turns = new Turns();
  readonly #begin: string;
  #closing: Promise<void> | undefined;

  constructor(
    private readonly schema: PostgresSchema,
    private readonly reader: PostgresPool,
    readonly queries: DataSource,
    private readonly writer: PostgresPool | undefined,
  ) {
    this.#tables = new PostgresTables(queries);
    this.#begin = `BEGIN; SELECT pg_advisory_xact_lock(${lockOf(schema.schema)})`;
  }

  async write<T>(fn: (tx: ReadModelTransaction) => Promise<T>): Promise<T> {
    const writer = this.openWriter();
    return this.#turns.run(() =>
      writer.transaction(this.#begin, async (connection) => {
        const tx = new PostgresTransaction(connection, this.#tables);
        try {
          const result = await fn(tx);
          await tx.end();
          return result;
        } catch (error) {
          await tx.abandon();
          throw error;
        }
      }),
    );
  }

  async select<Row extends object>(sql: string, parameters: readonly SqlValue[] = []): Promise<Row[]> {
    if (this.#closing !== undefined) throw new ReadModelClosed('The read model is closed');
    const values = parameters.map((value, i) => toBindable(value, `parameter ${i + 1}`));
    const { rows } = await this.reader.query<Row>({
      ...this.#texts.of(sql, numbered),
      values,
      types: SELECTED_VALUES,
    });
    return rows;
  }

  async scrub({ rewrite = false }: { readonly rewrite?: boolean } = {}): Promise<boolean> {
    this.openWriter();
    return this.#turns.run(async () => {
      // A connection of its own: VACUUM runs in no transaction, and for as long as it takes.
      const session = await connectSession({
        ...this.schema,
        applicationName: APPLICATION,
        away: ReadModelUnavailable,
      });
      try {
        const { rows } = await session.query<{ horizon: string }>({
          text: 'SELECT pg_snapshot_xmax(pg_current_snapshot())::text AS horizon',
        });
        const horizon = [rows[0]?.horizon];
        const deadline = performance.now() + SNAPSHOT_PATIENCE_MS;
        for (;;) {
          // VACUUM FULL has a snapshot of its own, which sees what transactions of other databases leave unsettled.
          const { rows: older } = await session.query({
            text: `SELECT FROM pg_stat_activity
                    WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'
                      AND (datname = current_database() AND age(backend_xmin) > age($1::xid8::xid)
                        OR age(backend_xid) > age($1::xid8::xid))`,
            values: horizon,
          });
          if (older.length === 0) break;
          if (performance.now() >= deadline) return false;
          await delay(SNAPSHOT_POLL_MS);
        }
        const how = rewrite ? 'FULL, FREEZE' : 'INDEX_CLEANUP ON';
        await session.query({ text: `VACUUM (${how}) ${this.#tables.names.join(', ')}` });
        if (!rewrite) return true;
        // Sessions that are about to begin stand in no list, but hold back what is removed: freezing tells up to where it was.
        const { rows: held } = await session.query({
          text: `SELECT FROM pg_class
                  WHERE oid = ANY ($2::text[]::regclass[]) AND age(relfrozenxid) > age($1::xid8::xid)`,
          values: [...horizon, this.#tables.names],
        });
        return held.length === 0;
      } finally {
        await session.end();
      }
    });
  }

  close(): Promise<void> {
    this.#closing ??= this.#turns.run(async () => {
      await Promise.all([this.queries.destroy(), this.reader.close(), this.writer?.close()]);
    });
    return this.#closing;
  }

  private openWriter(): PostgresPool {
    if (this.writer === undefined) throw new ReadOnlyReadModel('This read model is open for reading only');
    if (this.#closing !== undefined) throw new ReadModelClosed('The read model is closed');
    return this.writer;
  }
}
