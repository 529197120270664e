import {
  isContention,
  isLostConnection,
  isOnStandby,
  isTimeout,
  openPool,
  type PoolOptions,
} from '@registry/postgres';
import type { DatabaseError, Pool, PoolClient, QueryArrayConfig } from 'pg';
import { AppendOutcomeUnknown, StoreUnavailable } from './event-store.port.js';

export type PostgresConnectionOptions = Omit<PoolOptions, 'applicationName' | 'settings'>;

/** A statement that each connection prepares once. */
export interface PreparedQuery {
  readonly name: string;
  readonly text: string;
  readonly values: readonly unknown[];
}

/** The server refused a statement because of what others were doing: nothing was written, and it may be tried again. */
export class Contention extends Error {
  constructor(
    /** The unique constraint that was violated, if that was it. */
    readonly constraint: string | undefined,
    options: ErrorOptions,
  ) {
    super('Others were writing the same', options);
  }
}

const UNIQUE_VIOLATION = '23505';

/** The client found its connection dead before it sent anything (pg has no code for this). */
const wasNotSent = (error: unknown): boolean =>
  error instanceof Error && error.message.endsWith('is not queryable');

/** A pool whose failures say what is known of the outcome. */
export class PostgresConnections {
  private readonly pool: Pool;
  private ended: Promise<void> | undefined;

  constructor(private readonly options: PostgresConnectionOptions) {
    this.pool = openPool({ ...options, applicationName: 'event-store' });
  }

  get isClosed(): boolean {
    return this.ended !== undefined;
  }

  /**
   * Runs a statement that only reads, on other connections if the first turn out to be dead.
   * @throws StoreUnavailable
   */
  async read<Row extends readonly unknown[]>(query: PreparedQuery): Promise<Row[]> {
    // Every connection of the pool may have died with the server: one more try than those is one on a fresh connection.
    for (let triesLeft = this.options.poolSize; ; triesLeft -= 1) {
      const client = await this.connect();
      try {
        return await run<Row>(client, query);
      } catch (error) {
        if (triesLeft === 0 || !isLostConnection(error) || isTimeout(error)) {
          throw new StoreUnavailable('The event store could not read', { cause: error });
        }
      }
    }
  }

  /**
   * Runs a statement that writes, once.
   * @throws Contention nothing was written
   * @throws StoreUnavailable nothing was written
   * @throws AppendOutcomeUnknown the connection was lost after the statement was sent
   */
  async write<Row extends readonly unknown[]>(query: PreparedQuery): Promise<Row[]> {
    for (let triesLeft = this.options.poolSize; ; triesLeft -= 1) {
      const client = await this.connect();
      try {
        return await run<Row>(client, query);
      } catch (error) {
        if (wasNotSent(error) && triesLeft > 0) continue;
        if (wasNotSent(error) || isOnStandby(error))
          throw new StoreUnavailable('The event store is away', { cause: error });
        if (isLostConnection(error)) {
          throw new AppendOutcomeUnknown('The event store went away during an append', { cause: error });
        }
        const { code, constraint } = error as DatabaseError;
        if (code === UNIQUE_VIOLATION || isContention(error))
          throw new Contention(constraint, { cause: error });
        throw new StoreUnavailable('The event store refused to write', { cause: error });
      }
    }
  }

  /** Several statements in one transaction. @throws StoreUnavailable */
  async transaction<T>(work: (client: PoolClient) => Promise<T>): Promise<T> {
    const client = await this.connect();
    try {
      await client.query('BEGIN');
      const result = await work(client);
      await client.query('COMMIT');
      client.release();
      return result;
    } catch (error) {
      client.release(true);
      throw new StoreUnavailable('The event store could not be prepared', { cause: error });
    }
  }

  /** Closes the connections once what is under way has ended. */
  close(): Promise<void> {
    return (this.ended ??= this.pool.end());
  }

  private async connect(): Promise<PoolClient> {
    if (this.isClosed) throw new StoreUnavailable('The event store is closed');
    try {
      return await this.pool.connect();
    } catch (error) {
      throw new StoreUnavailable('The event store cannot be reached', { cause: error });
    }
  }
}

const run = async <Row extends readonly unknown[]>(
  client: PoolClient,
  query: PreparedQuery,
): Promise<Row[]> => {
  const config: QueryArrayConfig<unknown[]> = { ...query, values: [...query.values], rowMode: 'array' };
  try {
    const { rows } = await client.query(config);
    client.release();
    return rows as unknown[] as Row[];
  } catch (error) {
    // After an error of the server the connection is as good as before; after any other it is not.
    client.release(isLostConnection(error));
    throw error;
  }
};
