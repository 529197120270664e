import { setTimeout as delay } from 'node:timers/promises';
import type { PostgresConnection } from '@registry/postgres';
import { type KeyServer, keySession, type KeyTables, rotationLock } from './postgres-key-tables.js';
import { ContentKeysUnavailable } from './stored-key.js';
import type { WrappingKeys } from './wrapping-keys.js';

/** Rows that are wrapped anew in one statement. */
const BATCH = 1_000;
const STANDBY_PATIENCE_MS = 10_000;
const STANDBY_POLL_MS = 50;

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
    const spent = this.wrapping.onDisk().filter((version) => version < current && !needed.has(version));
    if (spent.length > 0) await this.untilStandbysKnow(session);
    for (const version of spent) this.wrapping.destroy(version);
    await session.query({
      text: `DELETE FROM ${pending} WHERE version < (SELECT min(version) FROM ${wrapping})`,
    });
    return true;
  }

  /**
   * A standby that is promoted before it has the rows as they are wrapped now would need the earlier key.
   * @throws ContentKeysUnavailable one is behind: the keys are destroyed at a later look
   */
  private async untilStandbysKnow(session: PostgresConnection): Promise<void> {
    // What this session committed is flushed. Where the next record goes may be past a page's header, which no standby reports before that record.
    const { rows: here } = await session.query<{ lsn: string }>({
      text: 'SELECT pg_current_wal_flush_lsn()::text AS lsn',
    });
    const deadline = performance.now() + STANDBY_PATIENCE_MS;
    for (;;) {
      // What only receives the log, as an archive does, has nothing replayed.
      const { rows: behind } = await session.query({
        text: 'SELECT FROM pg_stat_replication WHERE replay_lsn IS NOT NULL AND flush_lsn < $1::pg_lsn',
        values: [here[0]?.lsn],
      });
      if (behind.length === 0) return;
      if (performance.now() >= deadline || this.isClosed())
        throw new ContentKeysUnavailable('A standby is behind: the earlier wrapping key is kept for it');
      await delay(STANDBY_POLL_MS);
    }
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
