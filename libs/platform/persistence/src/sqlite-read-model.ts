import { closeSync, existsSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { DataSource, type MigrationInterface } from 'typeorm';
import {
  type EntityClass,
  type ReadModel,
  ReadModelClosed,
  ReadModelNotReady,
  type ReadModelTransaction,
  ReadOnlyReadModel,
} from './read-model.js';
import { type SqlValue, toBindable } from './sql-value.js';
import { SqliteDatabase } from './sqlite-driver.js';
import { SqliteTransaction, Tables } from './sqlite-transaction.js';
import { settled, Turns } from './turns.js';

export interface ReadModelOptions {
  /** Path of the SQLite file. Created with its folder, readable by the owner only. */
  readonly file: string;
  readonly entities: readonly EntityClass<object>[];
  /**
   * TypeORM migrations that make the schema: portable SQL or TypeORM's schema API. Run at open, each in a
   * transaction.
   */
  readonly migrations: readonly (new () => MigrationInterface)[];
  /** No writing connection: for processes that only ask. */
  readonly readOnly?: boolean;
  /** With `readOnly`: milliseconds to wait for the file and its schema. Default 0. */
  readonly waitFor?: number;
}

/** Blocks the event loop while it lasts, and only another process can cause it: keep it short. */
const BUSY_TIMEOUT_MS = 1_000;
const CACHE_KIB = 32_768;
const CHECKPOINT_PAGES = 16_000;

/**
 * Opens the read-model database of one context on SQLite.
 * @throws ReadModelNotReady with `readOnly`: the file, or a migration in it, is still missing after `waitFor`
 */
export async function openReadModel(options: ReadModelOptions): Promise<ReadModel> {
  if (options.readOnly) {
    const deadline = performance.now() + (options.waitFor ?? 0);
    for (;;) {
      try {
        return new SqliteReadModel(await connectReader(options), undefined);
      } catch (error) {
        if (!(error instanceof ReadModelNotReady) || performance.now() >= deadline) throw error;
        await delay(50);
      }
    }
  }
  const writer = await connectWriter(options);
  try {
    return new SqliteReadModel(await connectReader(options), writer);
  } catch (error) {
    await writer.destroy();
    throw error;
  }
}

async function connectWriter(options: ReadModelOptions): Promise<DataSource> {
  mkdirSync(dirname(options.file), { recursive: true, mode: 0o700 });
  // SQLite gives its log the mode of the database, so person data is the owner's alone from the first byte.
  closeSync(openSync(options.file, 'a', 0o600));
  const writer = dataSource(options, {
    readonly: false,
    prepareDatabase: (database: SqliteDatabase) => {
      database.pragma('journal_mode = WAL');
      // A reopened WAL file comes up with the library's default: set it every time.
      database.pragma('synchronous = NORMAL');
      database.pragma('secure_delete = ON');
      // Projections touch pages all over the file: the fewer checkpoints, the more often a page is written only once.
      database.pragma(`wal_autocheckpoint = ${CHECKPOINT_PAGES}`);
      tune(database);
    },
  });
  await writer.initialize();
  try {
    await writer.runMigrations({ transaction: 'each' });
  } catch (error) {
    await writer.destroy();
    throw error;
  }
  return writer;
}

async function connectReader(options: ReadModelOptions): Promise<DataSource> {
  // Asked first, because TypeORM makes the folder of a database that is missing.
  if (!existsSync(options.file)) throw new ReadModelNotReady(`No read model at ${options.file}`);
  const reader = dataSource(options, { readonly: true, prepareDatabase: tune });
  await reader.initialize();
  try {
    const applied = appliedMigrations(rawConnection(reader));
    const missing = reader.migrations
      .map((migration) => migration.name ?? migration.constructor.name)
      .filter((name) => !applied.has(name));
    if (missing.length > 0)
      throw new ReadModelNotReady(`${options.file} lacks migrations: ${missing.join(', ')}`);
    return reader;
  } catch (error) {
    await reader.destroy();
    throw error;
  }
}

function dataSource(
  { file, entities, migrations }: ReadModelOptions,
  connection: { readonly readonly: boolean; readonly prepareDatabase: (database: SqliteDatabase) => void },
): DataSource {
  return new DataSource({
    type: 'better-sqlite3',
    driver: SqliteDatabase,
    database: file,
    timeout: BUSY_TIMEOUT_MS,
    entities: [...entities],
    migrations: [...migrations],
    synchronize: false,
    migrationsRun: false,
    logging: false,
    ...connection,
  });
}

function tune(database: SqliteDatabase): void {
  // Sorting and temporary tables would otherwise put person data into files of the system's temporary folder.
  database.pragma('temp_store = MEMORY');
  database.pragma(`cache_size = -${CACHE_KIB}`);
}

function appliedMigrations(database: SqliteDatabase): ReadonlySet<string> {
  const tables = database
    .prepare(`SELECT name FROM sqlite_master WHERE type = 'table' AND name = 'migrations'`)
    .all();
  if (tables.length === 0) return new Set();
  return new Set(
    database
      .prepare('SELECT name FROM migrations')
      .all()
      .map((row) => String(row['name'])),
  );
}

/** The connection under a DataSource of ours; TypeORM's types do not show it. */
function rawConnection(source: DataSource): SqliteDatabase {
  const { databaseConnection } = source.driver as unknown as { databaseConnection: unknown };
  if (!(databaseConnection instanceof SqliteDatabase))
    throw new Error('TypeORM keeps its connection elsewhere now');
  return databaseConnection;
}

class SqliteReadModel implements ReadModel {
  readonly queries: DataSource;
  readonly #reader: SqliteDatabase;
  readonly #writer:
    { readonly source: DataSource; readonly database: SqliteDatabase; readonly tables: Tables } | undefined;
  readonly #turns = new Turns();
  #closing: Promise<void> | undefined;

  constructor(reader: DataSource, writer: DataSource | undefined) {
    this.queries = reader;
    this.#reader = rawConnection(reader);
    this.#writer = writer && { source: writer, database: rawConnection(writer), tables: new Tables(writer) };
  }

  async write<T>(fn: (tx: ReadModelTransaction) => Promise<T>): Promise<T> {
    const { database, tables } = this.writer();
    return this.#turns.run(async () => {
      const tx = new SqliteTransaction(database, tables);
      // IMMEDIATE: another process's lock is met here, not in the middle.
      database.exec('BEGIN IMMEDIATE');
      try {
        const result = await fn(tx);
        tx.end();
        database.exec('COMMIT');
        return result;
      } catch (error) {
        tx.abandon();
        // Some errors (a full disk) have rolled back already.
        if (database.inTransaction) database.exec('ROLLBACK');
        throw error;
      }
    });
  }

  select<Row extends object>(sql: string, parameters: readonly SqlValue[] = []): Promise<Row[]> {
    return settled(() => {
      if (this.#closing !== undefined) throw new ReadModelClosed('The read model is closed');
      const bound = parameters.map((value, i) => toBindable(value, `parameter ${i + 1}`));
      return this.#reader.prepared(sql).allBound(bound) as Row[];
    });
  }

  async scrub({ rewrite = false }: { readonly rewrite?: boolean } = {}): Promise<boolean> {
    const { database } = this.writer();
    return this.#turns.run(() => {
      if (rewrite) database.exec('VACUUM');
      // Waiting for a reader would block the whole process, and the reader may be in it.
      database.pragma('busy_timeout = 0');
      try {
        return database.pragma('wal_checkpoint(TRUNCATE)')[0]?.['busy'] === 0;
      } finally {
        database.pragma(`busy_timeout = ${BUSY_TIMEOUT_MS}`);
      }
    });
  }

  close(): Promise<void> {
    this.#closing ??= this.#turns.run(async () => {
      // The reader first: the last connection to close cleans the log up, and only the writer can.
      await this.queries.destroy();
      await this.#writer?.source.destroy();
    });
    return this.#closing;
  }

  private writer() {
    if (this.#writer === undefined) throw new ReadOnlyReadModel('This read model is open for reading only');
    if (this.#closing !== undefined) throw new ReadModelClosed('The read model is closed');
    return this.#writer;
  }
}
