import { randomBytes } from 'node:crypto';
import { advisoryKey, connectSession, type PostgresConnection } from '@registry/postgres';
import { escapeIdentifier } from 'pg';
import { ContentKeysUnavailable, ContentKeysUnusable } from './stored-key.js';
import { WrappingKeys } from './wrapping-keys.js';

export interface KeyServer {
  readonly connectionString: string;
  readonly schema: string;
  /** Milliseconds after which a server that does not answer counts as gone. */
  readonly timeout: number;
}

/** Qualified names for SQL. */
export interface KeyTables {
  readonly schema: string;
  readonly ids: string;
  readonly keys: string;
  readonly pending: string;
  readonly wrapping: string;
  readonly store: string;
}

export const APPLICATION = 'content-keys';

export const tablesOf = (schema: string): KeyTables => {
  const quoted = escapeIdentifier(schema);
  return {
    schema: quoted,
    ids: `${quoted}.ids`,
    keys: `${quoted}.keys`,
    pending: `${quoted}.pending`,
    wrapping: `${quoted}.wrapping_keys`,
    store: `${quoted}.store`,
  };
};

/**
 * An id stays for ever; without a row in `keys` it is the tombstone of a destroyed key. `pending` has what was destroyed
 * since the oldest wrapping key was made: bytes that the server retains can still be unwrapped by that one.
 */
const definition = ({ schema, ids, keys, pending, wrapping, store }: KeyTables): string => `
  CREATE SCHEMA IF NOT EXISTS ${schema};
  CREATE TABLE ${ids} (
    n bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
    id text COLLATE "C" PRIMARY KEY,
    put_at bigint NOT NULL
  );
  CREATE INDEX ids_by_age ON ${ids} (put_at, n);
  CREATE TABLE ${keys} (n bigint PRIMARY KEY, version integer NOT NULL, wrapped bytea NOT NULL);
  CREATE TABLE ${pending} (n bigint PRIMARY KEY, version integer NOT NULL, destroyed_at bigint NOT NULL);
  CREATE TABLE ${wrapping} (version integer PRIMARY KEY, current boolean NOT NULL);
  CREATE UNIQUE INDEX ON ${wrapping} (current) WHERE current;
  CREATE TABLE ${store} (id text NOT NULL);
`;

/** A connection for what may take long. */
export const keySession = (server: KeyServer) =>
  connectSession({ ...server, applicationName: APPLICATION, away: ContentKeysUnavailable });

/** Held by the one process that makes the tables or rotates. */
export const rotationLock = (schema: string): string => advisoryKey('content-keys', schema);

/**
 * Makes the tables and the first wrapping key where they are missing; processes that start together wait for one another.
 * @throws ContentKeysUnavailable
 * @throws ContentKeysUnusable the server acknowledges commits before they are durable
 */
export const prepareKeyTables = async (server: KeyServer, folder: string): Promise<WrappingKeys> => {
  const tables = tablesOf(server.schema);
  const session = await keySession(server);
  try {
    const [setting] = (
      await session.query<{ commits: string }>({
        text: `SELECT current_setting('synchronous_commit') AS commits`,
      })
    ).rows;
    if (setting?.commits === 'off')
      throw new ContentKeysUnusable('With synchronous_commit=off a key is not durable when it is put');
    // Not the lock of rotations: one may take long, and the tables are there then.
    await session.query({
      text: `SELECT pg_advisory_lock(${advisoryKey('content-keys-tables', server.schema)})`,
    });
    const [there] = (
      await session.query<{ name: string | null }>({
        text: 'SELECT to_regclass($1) AS name',
        values: [tables.store],
      })
    ).rows;
    if (there?.name == null) {
      // The file first: a table that names a key is never without it.
      const storeId = randomBytes(8).toString('hex');
      const wrapping = new WrappingKeys(folder, storeId);
      const version = wrapping.make(0);
      await session.query({
        text: `BEGIN; ${definition(tables)}
               INSERT INTO ${tables.wrapping} VALUES (${version}, true);
               INSERT INTO ${tables.store} VALUES ('${storeId}'); COMMIT`,
      });
      return wrapping;
    }
    return new WrappingKeys(folder, await storeIdOf(session, tables));
  } finally {
    await session.end();
  }
};

export const storeIdOf = async (connection: PostgresConnection, { store }: KeyTables): Promise<string> => {
  const { rows } = await connection.query<{ id: string }>({ text: `SELECT id FROM ${store}` });
  const id = rows[0]?.id ?? '';
  if (!/^[0-9a-f]{16}$/.test(id)) throw new ContentKeysUnusable('The store of content keys has no id');
  return id;
};
