import { PostgresPool } from '@registry/postgres';
import type { KeyReader } from './content-keys.port.js';
import { alive, lookUp } from './postgres-key-lookup.js';
import { APPLICATION, type KeyServer, storeIdOf, tablesOf } from './postgres-key-tables.js';
import { ContentKeysClosed, ContentKeysUnavailable } from './stored-key.js';
import { WrappingKeys } from './wrapping-keys.js';

export interface PostgresKeyReaderOptions {
  readonly connectionString: string;
  /** Folder of the wrapping keys, shared by all processes. */
  readonly wrappingKeys: string;
  /** Default `content_keys`. */
  readonly schema?: string;
  /** Connections at most; default 2. */
  readonly poolSize?: number;
  /** Milliseconds after which a server that does not answer counts as gone; default 10,000. */
  readonly timeout?: number;
}

/** How long a wrapping key that another process destroyed can stay in this one's memory. */
export const FORGET_AFTER_MS = 60_000;

/** Reads keys that others put: for threads and processes that only open contents. It connects with the first question. */
export const openPostgresKeyReader = (options: PostgresKeyReaderOptions): KeyReader => {
  const server: KeyServer = {
    connectionString: options.connectionString,
    schema: options.schema ?? 'content_keys',
    timeout: options.timeout ?? 10_000,
  };
  const tables = tablesOf(server.schema);
  const pool = new PostgresPool({
    ...server,
    poolSize: options.poolSize ?? 2,
    applicationName: APPLICATION,
    settings: { default_transaction_read_only: 'on' },
    away: ContentKeysUnavailable,
  });
  let wrapping: WrappingKeys | undefined;
  let closed = false;
  const forgetting = setInterval(() => wrapping?.forgetDestroyed(), FORGET_AFTER_MS).unref();
  return {
    getMany: async (ids) => {
      if (closed) throw new ContentKeysClosed('The content keys are closed');
      wrapping ??= new WrappingKeys(options.wrappingKeys, await storeIdOf(pool, tables));
      return alive(await lookUp(pool, tables, wrapping, ids));
    },
    close: async () => {
      closed = true;
      clearInterval(forgetting);
      await pool.close();
      wrapping?.forgetAll();
    },
  };
};
