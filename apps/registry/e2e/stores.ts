import { createDatabase, postgresAnswers } from '@registry/testing-postgres';

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

/** Skipped loudly without a server, unless there has to be one. */
const postgresIsThere = (): boolean => {
  if (postgresAnswers()) return true;
  if (process.env['REQUIRE_POSTGRES'] === '1')
    throw new Error('REQUIRE_POSTGRES=1, but no PostgreSQL server answers');
  process.stderr.write('\nSKIPPED: no PostgreSQL server answers\n');
  return false;
};

export const STORES: readonly StoreUnderTest[] = [
  {
    name: 'SQLite',
    available: true,
    make: () => Promise.resolve({ environment: { EVENT_STORE: 'sqlite' }, remove: () => Promise.resolve() }),
  },
  {
    name: 'PostgreSQL',
    available: postgresIsThere(),
    make: async () => {
      const { connectionString, drop } = await createDatabase();
      return { environment: { EVENT_STORE: 'postgres', POSTGRES_URL: connectionString }, remove: drop };
    },
  },
];
