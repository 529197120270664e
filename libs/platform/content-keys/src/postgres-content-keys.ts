import { type PostgresConnection, PostgresPool } from '@registry/postgres';
import type { ContentKeys } from './content-keys.port.js';
import { removeLeftovers } from './key-file.js';
import { alive, lookUp } from './postgres-key-lookup.js';
import { FORGET_AFTER_MS, type PostgresKeyReaderOptions } from './postgres-key-reader.js';
import { PostgresKeyRotation } from './postgres-key-rotation.js';
import {
  APPLICATION,
  type KeyServer,
  type KeyTables,
  prepareKeyTables,
  tablesOf,
} from './postgres-key-tables.js';
import { PostgresKeyWrites } from './postgres-key-writes.js';
import { ensurePrivateFolder } from './private-file.js';
import { assertStorable, ContentKeysClosed, ContentKeysUnavailable, parseInstant } from './stored-key.js';
import type { WrappingKeys } from './wrapping-keys.js';

export interface PostgresContentKeysOptions extends PostgresKeyReaderOptions {
  /**
   * Folder of the wrapping keys: made when missing, mode 0700, never on the disks of the database or in its backups. All
   * processes share one.
   */
  readonly wrappingKeys: string;
  /** Connections at most; default 4. */
  readonly poolSize?: number;
  /**
   * Milliseconds after a destruction by which the wrapping key of its time is replaced and destroyed; default a day.
   */
  readonly rotateAfter?: number;
  readonly now?: () => Date;
  /** Told of a rotation that failed: it is tried again within a minute. */
  readonly onTrouble?: (error: unknown) => void;
}

export interface PostgresContentKeys extends ContentKeys {
  /**
   * Replaces the wrapping key now: resolves when everything destroyed before the call can be opened by nothing that is left.
   * @throws ContentKeysUnavailable; what is half done is finished later
   */
  rotate(): Promise<void>;
}

const DAY_MS = 86_400_000;

/**
 * Content keys in a PostgreSQL database, version 13 or later, wrapped by keys that never reach it
 * (docs/adr/0017-read-models-and-keys-on-postgresql.md). Any number of processes may share them.
 *
 * `destroy` resolves when the key is gone from the tables and from everyone who asks. Bytes that the server retains (dead
 * rows, its log, backups) can be unwrapped by whoever has both them and the wrapping key of that time, until the next rotation
 * destroys that: `rotateAfter` at the latest while a process runs, for which `completePending` and a timer see.
 * @throws ContentKeysUnavailable the server cannot be reached
 * @throws ContentKeysUnusable the server acknowledges commits before they are durable
 * @throws KeyMissing the wrapping keys are not in the folder
 * @throws SecretFileRefused others may use them
 */
export async function openPostgresContentKeys(
  options: PostgresContentKeysOptions,
): Promise<PostgresContentKeys> {
  ensurePrivateFolder(options.wrappingKeys);
  removeLeftovers(options.wrappingKeys);
  const server: KeyServer = {
    connectionString: options.connectionString,
    schema: options.schema ?? 'content_keys',
    timeout: options.timeout ?? 10_000,
  };
  const wrapping = await prepareKeyTables(server, options.wrappingKeys);
  const keys = new WrappedContentKeys(server, wrapping, options);
  try {
    await keys.assertWrappingKeys();
  } catch (error) {
    await keys.close();
    throw error;
  }
  keys.start();
  return keys;
}

class WrappedContentKeys implements PostgresContentKeys {
  readonly #pool: PostgresPool;
  readonly #tables: KeyTables;
  readonly #wrapping: WrappingKeys;
  readonly #writes: PostgresKeyWrites;
  readonly #rotation: PostgresKeyRotation;
  readonly #now: () => Date;
  readonly #rotateAfter: number;
  readonly #onTrouble: (error: unknown) => void;
  #timer: NodeJS.Timeout | undefined;
  #rotating: Promise<unknown> | undefined;
  #closed = false;

  constructor(server: KeyServer, wrapping: WrappingKeys, options: PostgresContentKeysOptions) {
    this.#pool = new PostgresPool({
      ...server,
      poolSize: options.poolSize ?? 4,
      applicationName: APPLICATION,
      away: ContentKeysUnavailable,
    });
    this.#tables = tablesOf(server.schema);
    this.#wrapping = wrapping;
    this.#now = options.now ?? (() => new Date());
    this.#rotateAfter = options.rotateAfter ?? DAY_MS;
    this.#onTrouble = options.onTrouble ?? (() => undefined);
    this.#writes = new PostgresKeyWrites(this.#pool, this.#tables, wrapping, this.#now);
    this.#rotation = new PostgresKeyRotation(server, this.#tables, wrapping, () => this.#closed);
  }

  async put(id: string, key: Uint8Array): Promise<Uint8Array> {
    this.assertOpen();
    assertStorable(id, key);
    // The caller may clear its own copy while this one waits.
    return this.#writes.put(id, Uint8Array.from(key));
  }

  async getMany(ids: readonly string[]): Promise<ReadonlyMap<string, Uint8Array>> {
    this.assertOpen();
    return alive(await lookUp(this.#pool, this.#tables, this.#wrapping, ids));
  }

  async destroy(ids: readonly string[]): Promise<void> {
    this.assertOpen();
    if (ids.length > 0) await this.#writes.destroy([...ids]);
  }

  async completePending(): Promise<number> {
    this.assertOpen();
    await this.rotateWhen((connection) => this.isDue(connection), { patient: false });
    const { rows } = await this.#pool.query<{ many: number }>({
      text: `SELECT count(*)::integer AS many FROM ${this.#tables.pending}`,
    });
    return rows[0]?.many ?? 0;
  }

  async rotate(): Promise<void> {
    this.assertOpen();
    const done = await this.rotateWhen(() => Promise.resolve(true), { patient: true });
    if (!done) throw new ContentKeysClosed('The content keys closed before the rotation was done');
  }

  async olderThan(
    before: string,
    { after, limit }: { readonly after?: string; readonly limit: number },
  ): Promise<readonly string[]> {
    this.assertOpen();
    const end = parseInstant(before);
    const { ids, keys } = this.#tables;
    let from: { readonly put_at: string; readonly n: string } | undefined = { put_at: '0', n: '0' };
    if (after !== undefined) {
      const { rows } = await this.#pool.query<{ put_at: string; n: string }>({
        text: `SELECT put_at, n FROM ${ids} WHERE id = $1`,
        values: [after],
      });
      from = rows[0];
    }
    if (from === undefined) throw new RangeError('`after` was never put');
    const { rows } = await this.#pool.query<{ id: string }>({
      name: 'content-keys-older',
      text: `SELECT i.id FROM ${ids} i JOIN ${keys} k USING (n)
              WHERE (i.put_at, i.n) > ($1::bigint, $2::bigint) AND i.put_at < $3 ORDER BY i.put_at, i.n LIMIT $4`,
      values: [from.put_at, from.n, end, limit],
    });
    return rows.map(({ id }) => id);
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearInterval(this.#timer);
    await this.#writes.settled();
    await this.#rotating?.catch(() => undefined);
    await this.#pool.close();
    this.#wrapping.forgetAll();
  }

  /** @throws KeyMissing or SecretFileRefused */
  async assertWrappingKeys(): Promise<void> {
    const { rows } = await this.#pool.query<{ version: number }>({
      text: `SELECT version FROM ${this.#tables.wrapping} WHERE current`,
    });
    for (const { version } of rows) this.#wrapping.wrap(version, 'any', Buffer.alloc(1));
  }

  /** Begins to look, now and then, whether a rotation is due or was left half done. */
  start(): void {
    const look = () => {
      this.#wrapping.forgetDestroyed();
      this.rotateWhen((connection) => this.isDue(connection), { patient: false }).catch((error: unknown) => {
        if (!this.#closed) this.#onTrouble(error);
      });
    };
    this.#timer = setInterval(look, FORGET_AFTER_MS).unref();
    look();
  }

  /** One after the other in this process. */
  private rotateWhen(
    needed: (connection: PostgresConnection) => Promise<boolean>,
    options: { readonly patient: boolean },
  ): Promise<boolean> {
    const before = this.#rotating ?? Promise.resolve();
    const mine = before
      .catch(() => undefined)
      .then(() => (this.#closed ? false : this.#rotation.run(needed, options)));
    this.#rotating = mine;
    return mine;
  }

  private async isDue(connection: PostgresConnection): Promise<boolean> {
    const { rows } = await connection.query<{ oldest: string | null }>({
      text: `SELECT min(destroyed_at) AS oldest FROM ${this.#tables.pending}`,
    });
    const oldest = rows[0]?.oldest;
    return oldest != null && this.#now().getTime() - Number(oldest) >= this.#rotateAfter;
  }

  private assertOpen(): void {
    if (this.#closed) throw new ContentKeysClosed('The content keys are closed');
  }
}
