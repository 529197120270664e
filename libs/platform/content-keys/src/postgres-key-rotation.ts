import type { PostgresConnection } from '@registry/postgres';
import { type KeyServer, keySession, type KeyTables, rotationLock } from './postgres-key-tables.js';
import type { WrappingKeys } from './wrapping-keys.js';

/** Rows that are wrapped anew in one statement. */
const BATCH = 1_000;

/**
 * Replaces the wrapping key. Each step leaves a state that the next attempt, of any process, goes on from:
 *
 * 1. the next key is durable in its file;
 * 2. it is current: keys are put under it from here on, and under no other;
 * 3. what is wrapped by an earlier one is wrapped anew, batch by batch;
 * 4. an earlier one that no row needs has no row of its own any more;
 * 5. its file is overwritten and unlinked; what was destroyed in its time is pending no longer.
 */
export class PostgresKeyRotation {
  constructor(
    private readonly server: KeyServer,
    private readonly tables: KeyTables,
    private readonly wrapping: WrappingKeys,
    private readonly isClosed: () => boolean,
  ) {}

  /**
   * @param needed looked at when no other process rotates: is a new key wanted? What was left half done is finished anyway.
   * @param patient wait for a rotation of another process rather than leave it to that one
   * @returns false when another process is at it, or the store closed in between
   */
  async run(
    needed: (connection: PostgresConnection) => Promise<boolean>,
    { patient }: { readonly patient: boolean },
  ): Promise<boolean> {
    const session = await keySession(this.server);
    try {
      const lock = rotationLock(this.server.schema);
      // Of the session: whatever happens to this process, the lock is gone with its connection.
      const { rows } = await session.query<{ locked: boolean }>({
        text: patient
          ? `SELECT pg_advisory_lock(${lock}) IS NOT NULL AS locked`
          : `SELECT pg_try_advisory_lock(${lock}) AS locked`,
      });
      if (rows[0]?.locked !== true) return false;
      if (!(await this.finish(session))) return false;
      if (!(await needed(session))) return true;
      await this.begin(session);
      return await this.finish(session);
    } finally {
      await session.end();
    }
  }

  private async begin(session: PostgresConnection): Promise<void> {
    const { wrapping } = this.tables;
    const { rows } = await session.query<{ newest: number }>({
      text: `SELECT max(version) AS newest FROM ${wrapping}`,
    });
    const version = this.wrapping.make(rows[0]?.newest ?? 0);
    await session.query({
      text: `BEGIN; UPDATE ${wrapping} SET current = false WHERE current;
             INSERT INTO ${wrapping} VALUES (${version}, true); COMMIT`,
    });
  }

  /** Steps 3 to 5. @returns false when the store closed in between */
  private async finish(session: PostgresConnection): Promise<boolean> {
    const { keys, pending, wrapping } = this.tables;
    const versions = async () =>
      (
        await session.query<{ version: number; current: boolean }>({
          text: `SELECT version, current FROM ${wrapping}`,
        })
      ).rows;
    const known = await versions();
    const current = known.find((each) => each.current)?.version;
    if (current === undefined) throw new Error('No wrapping key is current');
    if (known.length > 1) {
      if (!(await this.wrapAnew(session, current))) return false;
      await session.query({
        text: `DELETE FROM ${wrapping} w
                WHERE NOT current AND NOT EXISTS (SELECT FROM ${keys} k WHERE k.version = w.version)`,
      });
    }
    const needed = new Set((await versions()).map(({ version }) => version));
    // A newer file than the current one's is another process's first step, or what is left of one.
    for (const version of this.wrapping.onDisk())
      if (version < current && !needed.has(version)) this.wrapping.destroy(version);
    await session.query({
      text: `DELETE FROM ${pending} WHERE version < (SELECT min(version) FROM ${wrapping})`,
    });
    return true;
  }

  private async wrapAnew(session: PostgresConnection, current: number): Promise<boolean> {
    const { ids, keys } = this.tables;
    for (let after = '0'; ;) {
      if (this.isClosed()) return false;
      const { rows } = await session.query<{ n: string; id: string; version: number; wrapped: Buffer }>({
        name: 'content-keys-earlier',
        text: `SELECT k.n, i.id, k.version, k.wrapped FROM ${keys} k JOIN ${ids} i USING (n)
                WHERE k.n > $1 AND k.version <> $2 ORDER BY k.n LIMIT ${BATCH}`,
        values: [after, current],
      });
      const last = rows.at(-1);
      if (last === undefined) return true;
      after = last.n;
      await session.query({
        name: 'content-keys-wrap-anew',
        // One that was destroyed in between has no row to change.
        text: `UPDATE ${keys} k SET version = $4, wrapped = w.wrapped
                 FROM unnest($1::bigint[], $2::integer[], $3::bytea[]) AS w (n, version, wrapped)
                WHERE k.n = w.n AND k.version = w.version`,
        values: [
          rows.map(({ n }) => n),
          rows.map(({ version }) => version),
          rows.map(({ id, version, wrapped }) =>
            this.wrapping.wrap(current, id, this.wrapping.unwrap(version, id, wrapped)),
          ),
          current,
        ],
      });
    }
  }
}
