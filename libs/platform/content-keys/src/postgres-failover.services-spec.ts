import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  runSql,
  startPostgres,
  type PostgresCluster,
  type PostgresStandby,
} from '@registry/testing-postgres';
import {
  ContentKeysUnavailable,
  newContentKey,
  openPostgresContentKeys,
  type PostgresContentKeys,
} from './index.js';

jest.setTimeout(120_000);

/** A standby must open what it has, whenever it is promoted (ADR 17). */
describe('The content keys on a PostgreSQL server that fails over to its standby', () => {
  let primary: PostgresCluster;
  let standby: PostgresStandby;
  let folder: string;
  const opened: PostgresContentKeys[] = [];
  const known = new Map<string, Buffer>();

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'wrapping-keys-'));
    primary = await startPostgres();
    standby = await primary.startStandby();
    known.clear();
  });
  afterEach(async () => {
    for (const keys of opened.splice(0)) await keys.close();
    standby.stop();
    primary.stop();
    rmSync(folder, { recursive: true });
  });

  const open = async ({ connectionString }: { readonly connectionString: string }) => {
    const keys = await openPostgresContentKeys({ connectionString, wrappingKeys: folder });
    opened.push(keys);
    return keys;
  };
  const versions = () =>
    readdirSync(folder)
      .map((file) => Number(/\.v(\d+)\.key$/.exec(file)?.[1]))
      .sort();
  const put = async (keys: PostgresContentKeys, ids: readonly string[]): Promise<void> => {
    for (const id of ids) {
      known.set(id, newContentKey());
      await keys.put(id, known.get(id) ?? Buffer.alloc(0));
    }
  };
  const received = async (): Promise<void> => {
    const { connectionString } = primary;
    const [{ lsn } = { lsn: '' }] = (await runSql(
      'SELECT pg_current_wal_flush_lsn()::text AS lsn',
      [],
      connectionString,
    )) as { lsn: string }[];
    const behind = 'SELECT FROM pg_stat_replication WHERE replay_lsn < $1::pg_lsn';
    while ((await runSql(behind, [lsn], connectionString)).length > 0)
      await new Promise((resolve) => setTimeout(resolve, 20));
  };
  const failOver = async (): Promise<PostgresContentKeys> => {
    for (const keys of opened.splice(0)) await keys.close();
    primary.kill();
    standby.promote();
    return open(standby);
  };
  /** It opens all that was put and not destroyed. */
  const expectAll = async (keys: PostgresContentKeys): Promise<void> => {
    const found = await keys.getMany([...known.keys(), 'destroyed']);
    expect(found.size).toBe(known.size);
    for (const [id, key] of known) expect(Buffer.from(found.get(id) ?? [])).toEqual(key);
  };

  const prepare = async (): Promise<PostgresContentKeys> => {
    const keys = await open(primary);
    await put(keys, ['kept-1', 'kept-2', 'destroyed']);
    await keys.destroy(['destroyed']);
    known.delete('destroyed');
    await received();
    return keys;
  };

  it('keep the earlier wrapping key for a standby that is behind, which opens everything when it is promoted', async () => {
    const keys = await prepare();
    standby.pause();
    await expect(keys.rotate()).rejects.toThrow(ContentKeysUnavailable);
    expect(versions()).toEqual([1, 2]);
    await expectAll(keys);
    const promoted = await failOver();
    await expectAll(promoted);
    // It goes on, and ends what was destroyed.
    await put(promoted, ['after']);
    await promoted.rotate();
    await expectAll(promoted);
    expect(await promoted.completePending()).toBe(0);
    expect(versions()).not.toContain(1);
  });

  it('destroy it once the standby has caught up, which needs it no more', async () => {
    const keys = await prepare();
    standby.pause();
    await expect(keys.rotate()).rejects.toThrow('A standby is behind');
    standby.resume();
    await keys.rotate();
    expect(versions()).not.toContain(1);
    expect(await keys.completePending()).toBe(0);
    await expectAll(await failOver());
  });

  it('are all there on a synchronous standby that is promoted at any moment, however many were put', async () => {
    await runSql("ALTER SYSTEM SET synchronous_standby_names = '*'", [], primary.connectionString);
    await runSql('SELECT pg_reload_conf()', [], primary.connectionString);
    const keys = await prepare();
    let isOver = false;
    const putting = Array.from({ length: 4 }, async (_, writer) => {
      for (let place = 0; !isOver; place += 1) {
        const id = `many-${writer}-${place}`;
        const key = newContentKey();
        try {
          await keys.put(id, key);
        } catch {
          // Not acknowledged.
          return;
        }
        known.set(id, key);
      }
    });
    await keys.rotate();
    while (known.size < 200) await new Promise((resolve) => setTimeout(resolve, 5));
    primary.kill();
    isOver = true;
    await Promise.all(putting);
    for (const each of opened.splice(0)) await each.close();
    standby.promote();
    await expectAll(await open(standby));
  });
});
