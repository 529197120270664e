import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { Client } from 'pg';

const { PGHOST = '127.0.0.1', PGPORT = '5432', PGUSER = 'postgres', PGPASSWORD } = process.env;
const DATABASE_PREFIX = 'registry_test_';

const urlOf = (database: string): string => {
  const url = new URL(`postgres://${PGHOST}:${PGPORT}/${database}`);
  url.username = PGUSER;
  if (PGPASSWORD !== undefined) url.password = PGPASSWORD;
  return url.href;
};

const ADMIN = urlOf('postgres');

const PROBE = `
  const { Client } = require(${JSON.stringify(require.resolve('pg'))});
  const client = new Client({ connectionString: process.argv[1], connectionTimeoutMillis: 3000 });
  client.connect().then(() => client.end()).catch(() => process.exit(1));
`;

let known: boolean | undefined;

/** Whether a server answers. Asked in a process of its own, because suites are chosen synchronously. */
export const postgresAnswers = (): boolean =>
  (known ??= spawnSync(process.execPath, ['-e', PROBE, ADMIN], { timeout: 10_000 }).status === 0);

/**
 * `describe` if a PostgreSQL server answers at PGHOST (default 127.0.0.1) and PGPORT. If none does: skips the suite and
 * says so, or fails with REQUIRE_POSTGRES=1, as continuous integration sets it.
 */
export const describeWithPostgres = (name: string, body: () => void): void => {
  if (postgresAnswers()) {
    describe(name, body);
  } else if (process.env['REQUIRE_POSTGRES'] === '1') {
    it(`${name} needs a PostgreSQL server`, () => {
      throw new Error(`REQUIRE_POSTGRES=1, but no PostgreSQL server answers at ${PGHOST}:${PGPORT}`);
    });
  } else {
    process.stderr.write(`\nSKIPPED: ${name}: no PostgreSQL server answers at ${PGHOST}:${PGPORT}\n\n`);
    describe.skip(name, body);
  }
};

/** Runs statements as the server's administrator, or in one database. */
export const runSql = async (
  text: string,
  values: unknown[] = [],
  connectionString = ADMIN,
): Promise<unknown[]> => {
  const client = new Client({ connectionString });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(text, values)).rows;
  } finally {
    await client.end();
  }
};

/** A fresh database, dropped again by `drop`. */
export interface TestDatabase {
  readonly name: string;
  readonly connectionString: string;
  /** Kills the server's processes of every connection to it, and waits until they have ended. */
  readonly disconnectAll: () => Promise<void>;
  readonly drop: () => Promise<void>;
}

export const createDatabase = async (): Promise<TestDatabase> => {
  await dropAbandoned();
  const name = `${DATABASE_PREFIX}${Date.now()}_${randomUUID().slice(0, 8)}`;
  await runSql(`CREATE DATABASE ${name}`);
  return {
    name,
    connectionString: urlOf(name),
    disconnectAll: async () => {
      await runSql('SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = $1', [
        name,
      ]);
    },
    drop: async () => {
      await runSql(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
    },
  };
};

/** What test runs left that were killed before they could clean up: databases older than an hour. */
const dropAbandoned = async (): Promise<void> => {
  const rows = await runSql(`SELECT datname FROM pg_database WHERE datname LIKE '${DATABASE_PREFIX}%'`);
  for (const { datname } of rows as { datname: string }[]) {
    const made = Number(datname.slice(DATABASE_PREFIX.length).split('_')[0]);
    if (made < Date.now() - 3_600_000) await runSql(`DROP DATABASE IF EXISTS ${datname} WITH (FORCE)`);
  }
};
