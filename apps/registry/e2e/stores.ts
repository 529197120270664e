import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { Client } from 'pg';

/** An event store to run the program on; a fresh one each time it is made. */
export interface StoreUnderTest {
  readonly name: 'SQLite' | 'PostgreSQL';
  readonly available: boolean;
  /** Environment of the program, and how to throw the store away. */
  readonly make: () => Promise<{
    readonly environment: Record<string, string>;
    readonly remove: () => Promise<void>;
  }>;
}

const HOST = process.env['PGHOST'] ?? '127.0.0.1';
const PORT = process.env['PGPORT'] ?? '5432';
const USER = process.env['PGUSER'] ?? 'postgres';

const serverUrl = (database: string): string => `postgresql://${USER}@${HOST}:${PORT}/${database}`;

/** Asked in a process of its own: whether a suite is skipped must be known before any test runs. */
const postgresAnswers = (): boolean => {
  const probe = `const { Client } = require('pg'); const c = new Client({ connectionString: ${JSON.stringify(serverUrl('postgres'))}, connectionTimeoutMillis: 2000 }); c.connect().then(() => c.end()).then(() => process.exit(0), () => process.exit(1));`;
  try {
    execFileSync(process.execPath, ['-e', probe], { cwd: __dirname, stdio: 'ignore' });
    return true;
  } catch {
    if (process.env['REQUIRE_POSTGRES'] === '1') throw new Error(`No PostgreSQL answers at ${HOST}:${PORT}`);
    process.stderr.write(`\nSKIPPED: no PostgreSQL answers at ${HOST}:${PORT}\n`);
    return false;
  }
};

const administer = async (sql: string): Promise<void> => {
  const client = new Client({ connectionString: serverUrl('postgres') });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
};

export const STORES: readonly StoreUnderTest[] = [
  {
    name: 'SQLite',
    available: true,
    make: () => Promise.resolve({ environment: { EVENT_STORE: 'sqlite' }, remove: () => Promise.resolve() }),
  },
  {
    name: 'PostgreSQL',
    available: postgresAnswers(),
    make: async () => {
      const database = `registry_e2e_${randomBytes(6).toString('hex')}`;
      await administer(`CREATE DATABASE ${database}`);
      return {
        environment: { EVENT_STORE: 'postgres', POSTGRES_URL: serverUrl(database) },
        remove: () => administer(`DROP DATABASE IF EXISTS ${database} WITH (FORCE)`),
      };
    },
  },
];
