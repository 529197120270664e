import { DatabaseSync, type DatabaseSyncInstance } from '@photostructure/sqlite';
import { existsSync, realpathSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { StoreUnavailable } from './event-store.port.js';
import { StoreInUse, StoreUnusable } from './store-errors.js';

const SCHEMA_VERSION = 1;

/**
 * `journal_ids` knows the ids of streams that are appended to with `'any'`, where the revision cannot tell a repeated
 * append from a new one. Other streams pay nothing for it.
 */
const SCHEMA = `
  CREATE TABLE events (
    position INTEGER PRIMARY KEY,
    stream TEXT NOT NULL,
    revision INTEGER NOT NULL,
    id TEXT NOT NULL,
    type TEXT NOT NULL,
    data TEXT NOT NULL,
    metadata TEXT NOT NULL,
    recorded_at TEXT NOT NULL,
    UNIQUE (stream, revision)
  );
  CREATE TABLE journal_ids (
    stream TEXT NOT NULL,
    id TEXT NOT NULL,
    revision INTEGER NOT NULL,
    PRIMARY KEY (stream, id)
  ) WITHOUT ROWID;
  PRAGMA user_version = ${SCHEMA_VERSION};
`;

/** 32 MiB: the upper levels of the index over millions of streams. */
const CACHE = ' PRAGMA cache_size = -32768;';

const SQLITE_BUSY = 5;

/** By its shape: errors of native code need not be instances of this context's `Error`. */
const isBusy = (error: unknown): boolean =>
  typeof error === 'object' &&
  error !== null &&
  'errcode' in error &&
  (Number(error.errcode) & 0xff) === SQLITE_BUSY;

/** How long another process may hold a lock, as a tool does that opens a file after a crash. Milliseconds. */
const BUSY_TIMEOUT = 2000;

const pragma = (database: DatabaseSyncInstance, name: string): unknown =>
  Object.values((database.prepare(`PRAGMA ${name}`).get() ?? {}) as Record<string, unknown>)[0];

/** The open files of a store that writes. */
export interface WritableDatabase {
  readonly database: DatabaseSyncInstance;
  close(): void;
}

/**
 * Opens `file` for writing, creating it if needed, and holds `<file>.lock` for as long as it is open. The lock is one
 * of the operating system's on a second SQLite file, so it vanishes with the process however that ends; the lock file
 * itself stays and means nothing.
 * @throws StoreInUse
 * @throws StoreUnusable
 */
export const openForWriting = (file: string): WritableDatabase => {
  const path = realPath(file);
  const lock = takeLock(`${path}.lock`);
  let database: DatabaseSyncInstance | undefined;
  try {
    database = new DatabaseSync(path, { timeout: BUSY_TIMEOUT });
    prepare(database);
    const opened = database;
    return {
      database,
      close: () => {
        opened.close();
        lock.close();
      },
    };
  } catch (error) {
    database?.close();
    lock.close();
    throw error;
  }
};

/**
 * Opens an existing `file` for reading, beside the process that writes it.
 * @throws StoreUnavailable there is no such file
 * @throws StoreUnusable
 */
export const openForReading = (file: string): DatabaseSyncInstance => {
  if (!existsSync(file)) throw new StoreUnavailable('There is no event store file to read');
  const database = new DatabaseSync(realPath(file), { readOnly: true, timeout: BUSY_TIMEOUT });
  try {
    if (schemaVersion(database) !== SCHEMA_VERSION) throw unusable();
    database.exec(CACHE);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
};

/** One lock per file, whatever links lead to it. */
const realPath = (file: string): string =>
  existsSync(file) ? realpathSync(file) : join(realpathSync(dirname(file)), basename(file));

const takeLock = (path: string): DatabaseSyncInstance => {
  const lock = new DatabaseSync(path, { timeout: 0 });
  try {
    lock.exec('BEGIN EXCLUSIVE');
    return lock;
  } catch (error) {
    lock.close();
    if (!isBusy(error)) throw error;
    throw new StoreInUse('The event store file is open for writing elsewhere: stop that process first', {
      cause: error,
    });
  }
};

const prepare = (database: DatabaseSyncInstance): void => {
  // A WAL file that exists already is opened with synchronous=NORMAL, whatever it was created with: set it each time.
  if (pragma(database, 'journal_mode = WAL') !== 'wal')
    throw new StoreUnavailable('The file system cannot hold a WAL');
  // 48 MiB: appends wait for a checkpoint. Most of it has been done already where a program does that beside (ADR 20).
  database.exec('PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 12000;' + CACHE);
  if (pragma(database, 'synchronous') !== 2)
    throw new StoreUnavailable('SQLite did not accept synchronous=FULL');
  const version = schemaVersion(database);
  if (version === 0 && isEmpty(database)) database.exec(`BEGIN IMMEDIATE; ${SCHEMA} COMMIT;`);
  else if (version !== SCHEMA_VERSION) throw unusable();
};

const schemaVersion = (database: DatabaseSyncInstance): unknown => pragma(database, 'user_version');

const isEmpty = (database: DatabaseSyncInstance): boolean =>
  database.prepare('SELECT 1 FROM sqlite_schema LIMIT 1').get() === undefined;

const unusable = (): StoreUnusable => new StoreUnusable('The file is not an event store of this version');
