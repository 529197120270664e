import { DatabaseError, Pool, type PoolClient, type QueryArrayConfig } from 'pg';
import { AppendOutcomeUnknown, StoreUnavailable } from './event-store.port.js';

export interface PostgresConnectionOptions {
  readonly connectionString: string;
  readonly poolSize: number;
  /** Milliseconds after which a server that does not answer counts as gone. */
  readonly timeout: number;
}

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
const CONTENTION: ReadonlySet<string> = new Set([UNIQUE_VIOLATION, '40001', '40P01']);

/** SQLSTATE classes 08 and 57P: the connection is lost, and with it the answer. */
const isLostConnection = (error: unknown): boolean =>
  !(error instanceof DatabaseError) ||
  error.severity === 'FATAL' ||
  error.severity === 'PANIC' ||
  /^(08|57P)/.test(error.code ?? '08');

/** The client found its connection dead before it sent anything (pg has no code for this). */
const wasNotSent = (error: unknown): boolean =>
  error instanceof Error && error.message.endsWith('is not queryable');

/** A pool whose failures say what is known of the outcome. */
export class PostgresConnections {
  private readonly pool: Pool;
  private ended: Promise<void> | undefined;

  constructor(private readonly options: PostgresConnectionOptions) {
    this.pool = new Pool({
      connectionString: options.connectionString,
      max: options.poolSize,
      connectionTimeoutMillis: options.timeout,
      query_timeout: options.timeout,
      keepAlive: true,
      application_name: 'event-store',
      // A process that stands still in the middle of a transaction must not hold its locks for ever.
      options: '-c idle_in_transaction_session_timeout=15000',
    });
    // A connection that breaks reports it as an event, whether idle or in use; the next statement finds out by itself.
    this.pool.on('error', () => undefined);
    this.pool.on('connect', (client) => client.on('error', () => undefined));
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
        if (wasNotSent(error)) throw new StoreUnavailable('The event store is away', { cause: error });
        if (isLostConnection(error)) {
          throw new AppendOutcomeUnknown('The event store went away during an append', { cause: error });
        }
        const { code, constraint } = error as DatabaseError;
        if (CONTENTION.has(code ?? '')) throw new Contention(constraint, { cause: error });
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

const isTimeout = (error: unknown): boolean =>
  error instanceof Error && error.message === 'Query read timeout';

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
