import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { Client } from 'pg';

const { PGHOST = '127.0.0.1', PGPORT = '5432', PGUSER = 'postgres', PGPASSWORD } = process.env;

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

/** Whether a server answers. In a process of its own, because suites are chosen synchronously. */
const answers = (): boolean =>
  spawnSync(process.execPath, ['-e', PROBE, ADMIN], { timeout: 10_000 }).status === 0;

/** `describe` if a PostgreSQL server answers at PGHOST; else skips loudly, or fails with REQUIRE_POSTGRES=1. */
export const describeWithPostgres = (name: string, body: () => void): void => {
  if (answers()) {
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

const asAdministrator = async (statement: string): Promise<void> => {
  const client = new Client({ connectionString: ADMIN });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
};

export interface FreshDatabase {
  readonly connectionString: string;
  drop(): Promise<void>;
}

export const freshDatabase = async (): Promise<FreshDatabase> => {
  const name = `gate_test_${Date.now()}_${randomUUID().slice(0, 8)}`;
  await asAdministrator(`CREATE DATABASE ${name}`);
  return {
    connectionString: urlOf(name),
    drop: () => asAdministrator(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`),
  };
};
