import { advisoryKey, connectSession, type PostgresConnection, sessionOptions } from '@registry/postgres';
import { DataSource, type MigrationInterface } from 'typeorm';
import { quote } from './table-sql.js';
import {
  type EntityClass,
  ReadModelNotReady,
  ReadModelUnavailable,
  ReadModelUnusable,
} from './read-model.js';

/** Where the tables of one context are. */
export interface PostgresSchema {
  readonly connectionString: string;
  readonly schema: string;
  readonly entities: readonly EntityClass<object>[];
  readonly migrations: readonly (new () => MigrationInterface)[];
  readonly timeout: number;
}

/** One lock for the writes and the migrations of a context, whichever process they are of. */
export const lockOf = (schema: string): string => advisoryKey('read-model', schema);

const LOCK_PATIENCE = '60s';

/** What every DataSource of ours has in common. */
export const dataSource = (
  { connectionString, schema, entities, timeout }: PostgresSchema,
  own: {
    readonly poolSize: number;
    readonly settings: Readonly<Record<string, string>>;
    readonly queryTimeout?: number;
    readonly migrations?: PostgresSchema['migrations'];
  },
): DataSource =>
  new DataSource({
    type: 'postgres',
    url: connectionString,
    schema,
    entities: [...entities],
    migrations: [...(own.migrations ?? [])],
    synchronize: false,
    migrationsRun: false,
    installExtensions: false,
    logging: false,
    poolSize: own.poolSize,
    connectTimeoutMS: timeout,
    applicationName: APPLICATION,
    // A connection that breaks while idle is thrown away by the pool.
    poolErrorHandler: () => undefined,
    extra: {
      keepAlive: true,
      options: sessionOptions({ search_path: schema, ...own.settings }),
      ...(own.queryTimeout === undefined ? {} : { query_timeout: own.queryTimeout }),
    },
  });

export const APPLICATION = 'read-model';

/**
 * Makes or completes the schema. Processes that start together wait for one another, and for a transaction under way.
 * @throws ReadModelUnavailable
 * @throws ReadModelUnusable the server acknowledges commits before they are durable
 */
export const migrate = async (options: PostgresSchema): Promise<void> => {
  const session = await connectSession({
    ...options,
    applicationName: APPLICATION,
    away: ReadModelUnavailable,
  });
  try {
    await session.query({ text: `SET lock_timeout = '${LOCK_PATIENCE}'` });
    await session.query({ text: `SELECT pg_advisory_lock(${lockOf(options.schema)})` });
    const { rows } = await session.query<{ commits: string; exists: boolean }>({
      text: `SELECT current_setting('synchronous_commit') AS commits, to_regnamespace($1) IS NOT NULL AS exists`,
      values: [quote(options.schema)],
    });
    if (rows[0]?.commits === 'off') {
      // A server that forgets its last commits leaves consumers in memory ahead of their rows.
      throw new ReadModelUnusable('With synchronous_commit=off a server that fails loses projected rows');
    }
    if (rows[0]?.exists !== true) await session.query({ text: `CREATE SCHEMA ${quote(options.schema)}` });
    const source = dataSource(options, { poolSize: 1, settings: {}, migrations: options.migrations });
    await source.initialize();
    try {
      await source.runMigrations({ transaction: 'each' });
    } finally {
      await source.destroy();
    }
    await compareTextByBytes(session, options.schema);
  } finally {
    await session.end();
  }
};

/**
 * SQLite compares text byte by byte; the database's own collation may not, and pages by key would be in another order.
 * Here and not in the migrations, which are the same for both.
 */
const compareTextByBytes = async (session: PostgresConnection, schema: string): Promise<void> => {
  const { rows } = await session.query<{ table: string; column: string; type: string }>({
    text: `SELECT c.relname AS "table", a.attname AS "column", format_type(a.atttypid, a.atttypmod) AS "type"
             FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
            WHERE c.relnamespace = to_regnamespace($1) AND c.relkind = 'r' AND a.attnum > 0
              AND NOT a.attisdropped AND a.attcollation NOT IN (0, 'pg_catalog."C"'::regcollation)`,
    values: [quote(schema)],
  });
  const changes = new Map<string, string[]>();
  for (const { table, column, type } of rows) {
    const change = `ALTER COLUMN ${quote(column)} TYPE ${type} COLLATE "C"`;
    changes.set(table, [...(changes.get(table) ?? []), change]);
  }
  for (const [table, columns] of changes)
    await session.query({ text: `ALTER TABLE ${quote(schema)}.${quote(table)} ${columns.join(', ')}` });
};

/** @throws ReadModelNotReady the schema, or a migration in it, is missing */
export const requireSchema = async (
  connection: PostgresConnection,
  { schema, migrations }: PostgresSchema,
): Promise<void> => {
  const wanted = migrations.map((Migration) => new Migration().name ?? Migration.name);
  const { rows: tables } = await connection.query<{ there: boolean }>({
    text: 'SELECT to_regclass($1) IS NOT NULL AS there',
    values: [`${quote(schema)}.migrations`],
  });
  if (tables[0]?.there !== true) throw new ReadModelNotReady(`No read model in schema ${schema}`);
  const { rows } = await connection.query<{ name: string }>({
    text: `SELECT name FROM ${quote(schema)}.migrations`,
  });
  const applied = new Set(rows.map(({ name }) => name));
  const missing = wanted.filter((name) => !applied.has(name));
  if (missing.length > 0) throw new ReadModelNotReady(`${schema} lacks migrations: ${missing.join(', ')}`);
};
