import {
  Client,
  type CustomTypesConfig,
  DatabaseError,
  escapeLiteral,
  Pool,
  type PoolClient,
  type QueryResult,
} from 'pg';
import {
  isAway,
  isContention,
  isLostConnection,
  isStalePlan,
  isTimeout,
  isUnreadable,
  PostgresRefused,
} from './postgres-errors.js';

/** The error of an adapter's own kind that says that the server is away: its `code` tells callers to try again. */
export type PostgresAway = new (message: string, options?: ErrorOptions) => Error;

export interface PoolOptions {
  /** Without an `options` parameter: `settings` take its place. */
  readonly connectionString: string;
  readonly poolSize: number;
  /** Milliseconds after which a server that does not answer counts as gone. */
  readonly timeout: number;
  readonly applicationName: string;
  /** Of every session, such as `search_path`; names and values of letters, digits and `_`. */
  readonly settings?: Readonly<Record<string, string>>;
}

export interface PostgresPoolOptions extends PoolOptions {
  readonly away: PostgresAway;
}

export interface Statement {
  readonly text: string;
  readonly values?: readonly unknown[];
  /** Each connection prepares a named statement once; one name, one text. */
  readonly name?: string;
  readonly types?: CustomTypesConfig;
}

/** One connection inside a transaction. */
export interface PostgresConnection {
  /** @throws PostgresRefused, or the pool's `away` */
  query<Row extends object>(statement: Statement): Promise<QueryResult<Row>>;
}

/**
 * A process that stands still in the middle of a transaction must not hold its locks for ever: others wait for them, and it will try again when
 * it goes on.
 */
const PATIENCE = { idle_in_transaction_session_timeout: '15000' };

/** The driver's pool, as every adapter wants it: for one that deals with failures in its own way. */
export const openPool = (options: PoolOptions): Pool => {
  const pool = new Pool({
    connectionString: options.connectionString,
    max: options.poolSize,
    connectionTimeoutMillis: options.timeout,
    query_timeout: options.timeout,
    keepAlive: true,
    application_name: options.applicationName,
    options: sessionOptions({ ...PATIENCE, ...options.settings }),
  });
  // A connection that breaks reports it as an event, whether idle or in use; the next statement finds out by itself.
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
  return pool;
};

/**
 * Connections that heal by themselves: broken ones are thrown away, and what a dead one could not do is done on another. The
 * process survives any failure of the server; each is either `away` or a `PostgresRefused`.
 */
export class PostgresPool {
  private readonly pool: Pool;
  private ended: Promise<void> | undefined;

  constructor(private readonly options: PostgresPoolOptions) {
    this.pool = openPool(options);
  }

  /**
   * Runs one statement, on other connections if the first turn out to be dead: it may have been done by then, so it must
   * bear repeating.
   */
  async query<Row extends object>(statement: Statement): Promise<QueryResult<Row>> {
    // Every connection may have died with the server: one more try than those is one on a fresh connection.
    for (let triesLeft = this.options.poolSize; ; triesLeft -= 1) {
      const client = await this.connect();
      try {
        const result = await client.query<Row>(configOf(statement));
        client.release();
        return result;
      } catch (error) {
        const retry =
          isStalePlan(error) || isContention(error) || (isLostConnection(error) && !isTimeout(error));
        client.release(isLostConnection(error) || isStalePlan(error));
        if (triesLeft === 0 || !retry) throw this.translate(error);
      }
    }
  }

  /**
   * Commits what `work` did when it resolves, rolls it back when it throws. If the connection is lost at the commit, the
   * outcome is not known.
   * @param begin `BEGIN`, perhaps followed by statements that bear repeating
   */
  async transaction<T>(begin: string, work: (connection: PostgresConnection) => Promise<T>): Promise<T> {
    const client = await this.begin(begin);
    let broken = false;
    const query = async <Row extends object>(statement: Statement): Promise<QueryResult<Row>> => {
      try {
        return await client.query<Row>(configOf(statement));
      } catch (error) {
        broken ||= isLostConnection(error) || isStalePlan(error);
        throw this.translate(error);
      }
    };
    try {
      const result = await work({ query });
      const { command } = await query({ text: 'COMMIT' });
      if (command !== 'COMMIT') throw new this.options.away('The server rolled a transaction back');
      return result;
    } catch (error) {
      if (!broken) await query({ text: 'ROLLBACK' }).catch(() => (broken = true));
      throw error;
    } finally {
      client.release(broken);
    }
  }

  /** Closes the connections once what is under way has ended. */
  close(): Promise<void> {
    return (this.ended ??= this.pool.end());
  }

  private async begin(begin: string): Promise<PoolClient> {
    for (let triesLeft = this.options.poolSize; ; triesLeft -= 1) {
      const client = await this.connect();
      try {
        await client.query(begin);
        return client;
      } catch (error) {
        client.release(true);
        if (triesLeft === 0 || !isLostConnection(error) || isTimeout(error)) throw this.translate(error);
      }
    }
  }

  private async connect(): Promise<PoolClient> {
    if (this.ended !== undefined) throw new this.options.away('The connections are closed');
    try {
      return await this.pool.connect();
    } catch (error) {
      throw new this.options.away('The server cannot be reached', { cause: error });
    }
  }

  private translate(error: unknown): unknown {
    return translated(this.options.away, error);
  }
}

/** A connection outside any pool, for what may take long: schema changes, maintenance, locks of a session. */
export const connectSession = async (
  options: Omit<PostgresPoolOptions, 'poolSize'>,
): Promise<PostgresConnection & { end(): Promise<void> }> => {
  const client = new Client({
    connectionString: options.connectionString,
    connectionTimeoutMillis: options.timeout,
    keepAlive: true,
    application_name: options.applicationName,
    options: sessionOptions({ ...PATIENCE, ...options.settings }),
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
  } catch (error) {
    await client.end().catch(() => undefined);
    throw new options.away('The server cannot be reached', { cause: error });
  }
  return {
    query: async <Row extends object>(statement: Statement) => {
      try {
        return await client.query<Row>(configOf(statement));
      } catch (error) {
        throw translated(options.away, error);
      }
    },
    end: () => client.end().catch(() => undefined),
  };
};

/** What an advisory lock is about, as the arguments of PostgreSQL's functions, to be put into the text of a statement. */
export type AdvisoryKey = string;

/** @param kind what is locked, @param name which one of it */
export const advisoryKey = (kind: string, name: string): AdvisoryKey =>
  `hashtext(${escapeLiteral(kind)}), hashtext(${escapeLiteral(name)})`;

/** As `cause` only what the client says of itself: the server's text may quote values. */
const translated = (Away: PostgresAway, error: unknown): unknown => {
  if (!(error instanceof DatabaseError))
    return isUnreadable(error) ? error : new Away('The connection was lost', { cause: error });
  return isAway(error) || isStalePlan(error)
    ? new Away(`The server could not do it (${error.code ?? error.severity ?? 'no code'})`)
    : new PostgresRefused(error);
};

const configOf = ({ text, values = [], name, types }: Statement) => ({
  text,
  values: [...values],
  ...(name === undefined ? {} : { name }),
  ...(types === undefined ? {} : { types }),
});

/** `-c` arguments of a session's start. */
export const sessionOptions = (settings: Readonly<Record<string, string>>): string =>
  Object.entries(settings)
    .map(([name, value]) => {
      if (!/^\w+$/.test(name) || !/^\w+$/.test(value)) throw new TypeError(`Not a session setting: ${name}`);
      return `-c ${name}=${value}`;
    })
    .join(' ');
