import { escapeIdentifier } from 'pg';
import { type PostgresConnections } from './postgres-connections.js';
import { StoreUnusable } from './store-errors.js';

const SCHEMA_VERSION = 1;

/** Qualified names for SQL. */
export interface PostgresTables {
  readonly schema: string;
  readonly events: string;
  readonly journalIds: string;
  readonly version: string;
}

/** The constraint that keeps two events from one place in a stream. */
export const PLACE_CONSTRAINT = 'events_stream_revision';

export const tablesOf = (schema: string): PostgresTables => {
  const quoted = escapeIdentifier(schema);
  return {
    schema: quoted,
    events: `${quoted}.events`,
    journalIds: `${quoted}.journal_ids`,
    version: `${quoted}.store_version`,
  };
};

/**
 * `xid` is the transaction that wrote an event: a reader that stays below the oldest transaction still running can miss
 * nothing, which positions alone do not give (docs/adr/0002-event-store-port.md). `json`, not `jsonb`: the text stays
 * as it was, with every character JSON can hold.
 */
const definition = ({ schema, events, journalIds, version }: PostgresTables): string => `
  CREATE SCHEMA IF NOT EXISTS ${schema};
  CREATE TABLE ${events} (
    xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
    position bigint GENERATED ALWAYS AS IDENTITY,
    stream text COLLATE "C" NOT NULL,
    revision integer NOT NULL,
    id text COLLATE "C" NOT NULL,
    type text COLLATE "C" NOT NULL,
    data json NOT NULL,
    metadata json NOT NULL,
    recorded_at timestamptz(3) NOT NULL,
    PRIMARY KEY (xid, position),
    CONSTRAINT ${PLACE_CONSTRAINT} UNIQUE (stream, revision)
  );
  CREATE TABLE ${journalIds} (
    stream text COLLATE "C" NOT NULL,
    id text COLLATE "C" NOT NULL,
    revision integer NOT NULL,
    PRIMARY KEY (stream, id)
  );
  CREATE TABLE ${version} (version integer NOT NULL);
  INSERT INTO ${version} VALUES (${SCHEMA_VERSION});
`;

/**
 * Creates the tables where they are missing; processes that start together wait for one another.
 * @throws StoreUnusable they are of another version, or were copied from another server by a logical dump, or the server
 *   acknowledges commits before they are durable
 * @throws StoreUnavailable
 */
export const prepareSchema = async (
  connections: PostgresConnections,
  schema: string,
  tables: PostgresTables,
): Promise<void> => {
  const version = await connections.transaction(async (client) => {
    await client.query('SELECT pg_advisory_xact_lock(hashtext($1), hashtext($2))', ['event-store', schema]);
    const exists = await client.query<{ name: string | null }>('SELECT to_regclass($1) AS name', [
      tables.version,
    ]);
    if (exists.rows[0]?.name == null) await client.query(definition(tables));
    const stored = await client.query<{ version: number }>(`SELECT version FROM ${tables.version}`);
    return stored.rows[0]?.version;
  });
  if (version !== SCHEMA_VERSION) throw new StoreUnusable('The event store has another schema version');
  const [commits] = await connections.read<readonly [string]>({
    name: 'event-store-commits',
    text: "SELECT current_setting('synchronous_commit')",
    values: [],
  });
  if (commits?.[0] === 'off') throw new StoreUnusable('With synchronous_commit=off an append is not durable');
  const fromTheFuture = await connections.read({
    name: 'event-store-from-the-future',
    text: `SELECT 1 FROM ${tables.events} WHERE xid >= pg_snapshot_xmax(pg_current_snapshot()) LIMIT 1`,
    values: [],
  });
  if (fromTheFuture.length > 0) {
    throw new StoreUnusable(
      'The events bear transaction ids of another server: restore a base backup, not a dump',
    );
  }
};
