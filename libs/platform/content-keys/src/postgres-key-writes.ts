import type { PostgresPool } from '@registry/postgres';
import { KeyDestroyed } from './content-keys.port.js';
import { KeyMissing } from './key-file.js';
import { lookUp } from './postgres-key-lookup.js';
import type { KeyTables } from './postgres-key-tables.js';
import { ContentKeysUnavailable } from './stored-key.js';
import type { WrappingKeys } from './wrapping-keys.js';

interface Put {
  readonly id: string;
  readonly key: Uint8Array;
  readonly resolve: (key: Uint8Array) => void;
  readonly reject: (error: unknown) => void;
}

interface Destruction {
  readonly ids: readonly string[];
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

type Waiting = { readonly put: Put } | { readonly destruction: Destruction };

/** Requests in one statement. */
const LARGEST_GROUP = 1_000;

/**
 * Puts and destructions in the order they were asked for: what has gathered while one statement was under way is the next, so
 * that it shares one flush of the server's disk.
 */
export class PostgresKeyWrites {
  private waiting: Waiting[] = [];
  private working: Promise<void> | undefined;
  private current: number | undefined;

  constructor(
    private readonly pool: PostgresPool,
    private readonly tables: KeyTables,
    private readonly wrapping: WrappingKeys,
    private readonly now: () => Date,
  ) {}

  put(id: string, key: Uint8Array): Promise<Uint8Array> {
    return new Promise((resolve, reject) => this.add({ put: { id, key, resolve, reject } }));
  }

  destroy(ids: readonly string[]): Promise<void> {
    return new Promise((resolve, reject) => this.add({ destruction: { ids, resolve, reject } }));
  }

  /** Until everything asked for is answered. */
  async settled(): Promise<void> {
    while (this.working !== undefined) await this.working;
  }

  private add(waiting: Waiting): void {
    this.waiting.push(waiting);
    this.schedule();
  }

  private schedule(): void {
    if (this.waiting.length === 0) return;
    this.working ??= this.work().finally(() => {
      this.working = undefined;
      // Callers who were just answered may have asked again.
      this.schedule();
    });
  }

  private async work(): Promise<void> {
    // Whatever is asked for in this turn of the event loop shares the first statement.
    await new Promise((resolve) => setImmediate(resolve));
    while (this.waiting.length > 0) {
      const puts = this.take((each) => ('put' in each ? each.put : undefined));
      if (puts.length > 0) await this.putTogether(puts);
      const destructions = this.take((each) => ('destruction' in each ? each.destruction : undefined));
      if (destructions.length > 0) await this.destroyTogether(destructions);
    }
  }

  /** The first ones of a kind. */
  private take<T>(kind: (waiting: Waiting) => T | undefined): T[] {
    const taken: T[] = [];
    for (const each of this.waiting) {
      const one = kind(each);
      if (one === undefined || taken.length >= LARGEST_GROUP) break;
      taken.push(one);
    }
    this.waiting.splice(0, taken.length);
    return taken;
  }

  private async putTogether(puts: readonly Put[]): Promise<void> {
    try {
      const first = new Map<string, Uint8Array>();
      for (const { id, key } of puts) if (!first.has(id)) first.set(id, key);
      const fresh = new Set(await this.insert(first));
      const others = [...first.keys()].filter((id) => !fresh.has(id));
      const stored =
        others.length === 0 ? undefined : await lookUp(this.pool, this.tables, this.wrapping, others);
      for (const { id, resolve, reject } of puts) {
        const key = fresh.has(id) ? first.get(id) : stored?.get(id);
        if (key === undefined) reject(new KeyDestroyed(`The key of ${id} was destroyed`));
        else resolve(Uint8Array.from(key));
      }
    } catch (error) {
      for (const { reject } of puts) reject(error);
    }
  }

  /** Stores the keys of ids that have no row. @returns those ids */
  private async insert(keys: ReadonlyMap<string, Uint8Array>): Promise<readonly string[]> {
    const { ids, keys: wrappedKeys, wrapping } = this.tables;
    // Another process may rotate again and again, but not as often as that.
    for (let attempt = 0; attempt < 5; attempt += 1) {
      const version = (this.current ??= await this.currentVersion());
      // In the order of the ids, so that processes which put the same ones do not wait for each other in a ring.
      const sorted = [...keys].sort(([a], [b]) => (a < b ? -1 : 1));
      const wrapped = this.wrapAll(version, sorted);
      if (wrapped === undefined) {
        this.current = undefined;
        continue;
      }
      const { rows } = await this.pool.query<{ version: number | null; fresh: string[] }>({
        name: 'content-keys-put',
        // The share lock keeps a rotation from ending the version's term while keys are put under it.
        text: `WITH term AS (SELECT version FROM ${wrapping} WHERE version = $4 AND current FOR SHARE),
                 given AS (SELECT * FROM unnest($1::text[], $2::bytea[]) AS g (id, wrapped)),
                 fresh AS (
                   INSERT INTO ${ids} (id, put_at)
                   SELECT id, GREATEST($3::bigint, (SELECT max(put_at) FROM ${ids})) FROM term, given ORDER BY id
                   ON CONFLICT (id) DO NOTHING RETURNING n, id),
                 kept AS (
                   INSERT INTO ${wrappedKeys} (n, version, wrapped)
                   SELECT n, term.version, wrapped FROM term, fresh JOIN given USING (id))
               SELECT (SELECT version FROM term) AS version, ARRAY(SELECT id FROM fresh) AS fresh`,
        values: [sorted.map(([id]) => id), wrapped, this.now().getTime(), version],
      });
      if (rows[0]?.version === version) return rows[0].fresh;
      this.current = undefined;
    }
    throw new ContentKeysUnavailable(
      'The current wrapping key is not in the folder, or rotates all the time',
    );
  }

  /** @returns undefined when the version's term is long over: its key is destroyed */
  private wrapAll(
    version: number,
    keys: readonly (readonly [id: string, key: Uint8Array])[],
  ): Buffer[] | undefined {
    try {
      return keys.map(([id, key]) => this.wrapping.wrap(version, id, key));
    } catch (error) {
      if (error instanceof KeyMissing) return undefined;
      throw error;
    }
  }

  private async currentVersion(): Promise<number> {
    const { rows } = await this.pool.query<{ version: number }>({
      text: `SELECT version FROM ${this.tables.wrapping} WHERE current`,
    });
    if (rows[0] === undefined) throw new ContentKeysUnavailable('No wrapping key is current');
    return rows[0].version;
  }

  private async destroyTogether(destructions: readonly Destruction[]): Promise<void> {
    const { ids, keys, pending, wrapping } = this.tables;
    try {
      await this.pool.query({
        name: 'content-keys-destroy',
        // The newest version, not only the row's own: a rotation under way may have left copies wrapped by it.
        text: `WITH gone AS (
                 DELETE FROM ${keys} WHERE n IN (SELECT n FROM ${ids} WHERE id = ANY ($1::text[]))
                 RETURNING n, version)
               INSERT INTO ${pending} (n, version, destroyed_at)
               SELECT n, GREATEST(version, (SELECT max(version) FROM ${wrapping})), $2::bigint FROM gone`,
        values: [[...new Set(destructions.flatMap((each) => each.ids))].sort(), this.now().getTime()],
      });
      for (const { resolve } of destructions) resolve();
    } catch (error) {
      for (const { reject } of destructions) reject(error);
    }
  }
}
