import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { connectSession } from '@registry/postgres';
import { createDatabase, describeWithPostgres, runSql, type TestDatabase } from '@registry/testing-postgres';
import { contentKeysContract } from './content-keys.contract.js';
import {
  ContentKeysUnavailable,
  type KeyReader,
  newContentKey,
  open as openSealed,
  openPostgresContentKeys,
  openPostgresKeyReader,
  type PostgresContentKeys,
  type PostgresContentKeysOptions,
} from './index.js';
import { createKeyFile } from './key-file.js';

type Known = Map<string, Buffer>;

const hexOf = (known: ReadonlyMap<string, Uint8Array>) =>
  new Map([...known].map(([id, key]) => [id, Buffer.from(key).toString('hex')]));

describeWithPostgres('The content keys on PostgreSQL', () => {
  let database: TestDatabase;
  let folder: string;
  let schemas = 0;
  const schema = (): string => `keys_${schemas}`;
  const opened: KeyReader[] = [];

  beforeAll(async () => {
    database = await createDatabase();
  });
  afterAll(async () => {
    await database?.drop();
  });

  beforeEach(() => {
    schemas += 1;
    folder = mkdtempSync(join(tmpdir(), 'wrapping-keys-'));
  });
  afterEach(async () => {
    for (const keys of opened.splice(0)) await keys.close();
    rmSync(folder, { recursive: true });
  });

  const options = (): PostgresContentKeysOptions => ({
    connectionString: database.connectionString,
    wrappingKeys: folder,
    schema: schema(),
  });

  const open = async (changes: Partial<PostgresContentKeysOptions> = {}): Promise<PostgresContentKeys> => {
    const keys = await openPostgresContentKeys({ ...options(), ...changes });
    opened.push(keys);
    return keys;
  };

  const sql = async <Row>(text: string, values: unknown[] = []): Promise<Row[]> =>
    (await runSql(text.replaceAll('@', `${schema()}.`), values, database.connectionString)) as Row[];

  // A process that dies while it makes a key leaves the file under its temporary name, which is no version.
  const wrappingFiles = () =>
    readdirSync(folder)
      .filter((file) => file.endsWith('.key'))
      .sort();
  const versions = () => wrappingFiles().map((file) => Number(/\.v(\d+)\.key$/.exec(file)?.[1]));
  const storeName = () => String(wrappingFiles()[0]?.split('.')[0]);

  const putMany = async (keys: PostgresContentKeys, ids: readonly string[]): Promise<Known> => {
    const known: Known = new Map(ids.map((id) => [id, newContentKey()]));
    await Promise.all([...known].map(([id, key]) => keys.put(id, key)));
    return known;
  };

  const many = (count: number, prefix = 'submission') =>
    Array.from({ length: count }, (_, i) => `${prefix}-${i}`);

  contentKeysContract('PostgreSQL', (now) => open({ now, rotateAfter: 0 }));

  describe('what the server retains of destroyed keys', () => {
    interface Wrapped {
      readonly id: string;
      readonly wrapped: Buffer;
    }

    /** Does any wrapping key that is left open it? */
    const opens = ({ id, wrapped }: Wrapped): boolean =>
      wrappingFiles().some((file) => {
        try {
          return openSealed(readFileSync(join(folder, file)), id, wrapped.toString('base64')).length === 32;
        } catch {
          return false;
        }
      });

    const walFile = async () =>
      String(
        (await sql<{ name: string }>('SELECT pg_walfile_name(pg_current_wal_insert_lsn()) AS name'))[0]?.name,
      );

    /** Every file of the database, and of the server's log from the file `since` to now, read by the server itself. */
    const filesOfServer = async (since: string): Promise<Buffer[]> => {
      const files = await sql<{ path: string; size: number }>(
        `SELECT dir || name AS path, (pg_stat_file(dir || name)).size::integer AS size
           FROM (SELECT 'base/' || oid || '/' AS dir FROM pg_database WHERE datname = current_database()) d,
                LATERAL pg_ls_dir(dir) AS name
         UNION ALL
         SELECT 'pg_wal/' || name, size::integer FROM pg_ls_waldir() WHERE name BETWEEN $1 AND $2`,
        [since, await walFile()],
      );
      const contents: Buffer[] = [];
      for (const { path, size } of files.filter((file) => file.size > 0)) {
        const [row] = await sql<{ bytes: Buffer | null }>(
          'SELECT pg_read_binary_file($1, 0, $2, true) AS bytes',
          [path, size],
        );
        if (row?.bytes) contents.push(row.bytes);
      }
      return contents;
    };

    /** Those whose bytes are anywhere in the files. A wrapped key begins with its format and version. */
    const retained = async (since: string, wanted: readonly Wrapped[]): Promise<Wrapped[]> => {
      const seen = new Set<string>();
      const beginning = Buffer.of(1, 0, 1);
      for (const bytes of await filesOfServer(since)) {
        for (let at = bytes.indexOf(beginning); at >= 0; at = bytes.indexOf(beginning, at + 1))
          seen.add(bytes.toString('latin1', at, at + 63));
      }
      return wanted.filter(({ wrapped }) => seen.has(wrapped.toString('latin1')));
    };

    let keeper: Awaited<ReturnType<typeof connectSession>>;

    beforeEach(async () => {
      // Other tests checkpoint the same server: as long as this session lives it recycles no file of its log.
      keeper = await connectSession({
        connectionString: database.connectionString,
        timeout: 10_000,
        applicationName: 'log-keeper',
        away: ContentKeysUnavailable,
      });
      await keeper.query({
        text: 'SELECT pg_create_physical_replication_slot($1, true, true)',
        values: [`${database.name}_${schemas}`],
      });
    });
    afterEach(() => keeper.end());

    it('is wrapped by keys that are destroyed', async () => {
      const since = await walFile();
      const keys = await open();
      const known = await putMany(keys, many(300));
      const before = await sql<Wrapped>('SELECT i.id, k.wrapped FROM @keys k JOIN @ids i USING (n)');
      const gone = before.filter(({ id }) => Number(id.slice('submission-'.length)) % 3 === 0);
      await keys.destroy(gone.map(({ id }) => id));

      // Out of the tables at once, but not off the disk, and the wrapping key of the time is still there.
      expect(await sql('SELECT count(*)::integer AS rows FROM @keys')).toStrictEqual([{ rows: 200 }]);
      expect(await keys.completePending()).toBe(100);
      const early = await retained(since, gone);
      expect(early.length).toBeGreaterThan(90);
      expect(early.every(opens)).toBe(true);

      await keys.rotate();

      expect(await keys.completePending()).toBe(0);
      expect(versions()).toStrictEqual([2]);
      // The bytes are there, or this would prove nothing; none opens, be it of a destroyed key or an earlier wrap of another.
      const left = await retained(since, before);
      expect(left.length).toBeGreaterThan(200);
      expect(left.filter(({ id }) => gone.some((each) => each.id === id)).length).toBeGreaterThan(50);
      expect(left.filter(opens)).toStrictEqual([]);
      for (const settling of ['CHECKPOINT', 'VACUUM @keys', 'CHECKPOINT']) {
        await sql(settling);
        expect((await retained(since, before)).filter(opens)).toStrictEqual([]);
      }

      for (const { id } of gone) known.delete(id);
      expect(hexOf(await keys.getMany(many(300)))).toStrictEqual(hexOf(known));
      const after = await sql<Wrapped>('SELECT i.id, k.wrapped FROM @keys k JOIN @ids i USING (n)');
      expect(after).toHaveLength(200);
      expect(after.every(opens)).toBe(true);
      // No key ever reached the server in clear, nor did a wrapping key.
      const secrets = [
        ...[...known.values()].slice(0, 20),
        ...wrappingFiles().map((file) => readFileSync(join(folder, file))),
      ];
      const files = await filesOfServer(since);
      expect(secrets.filter((secret) => files.some((bytes) => bytes.includes(secret)))).toStrictEqual([]);
    }, 240_000);
  });

  describe('a rotation', () => {
    it('is due a day after the oldest destruction, and not without one', async () => {
      let now = Date.parse('2026-01-01T00:00:00Z');
      const keys = await open({ now: () => new Date(now) });
      await putMany(keys, many(5));
      now += 10 * 86_400_000;
      expect(await keys.completePending()).toBe(0);
      expect(versions()).toStrictEqual([1]);

      await keys.destroy(many(2));
      now += 86_400_000 - 1;
      expect(await keys.completePending()).toBe(2);
      now += 1;
      expect(await keys.completePending()).toBe(0);
      expect(versions()).toStrictEqual([2]);
      expect((await keys.getMany(many(5))).size).toBe(3);
    });

    it('keeps what another process puts, reads and destroys meanwhile', async () => {
      const [one, other] = [await open(), await open()];
      const reader = openPostgresKeyReader(options());
      opened.push(reader);
      const known = await putMany(one, many(3_000));
      let rotating = true;
      const rotations = (async () => {
        for (let i = 0; i < 4; i += 1) await one.rotate();
        rotating = false;
      })();
      const destroyed: string[] = [];
      for (let round = 0; rotating || round < 5; round += 1) {
        const added = await putMany(other, many(20, `round-${round}`));
        for (const [id, key] of added) known.set(id, key);
        const [victim] = [...known.keys()].slice(round * 7, round * 7 + 1);
        if (victim !== undefined) {
          await other.destroy([victim]);
          destroyed.push(victim);
        }
        expect((await reader.getMany([...added.keys()])).size).toBe(20);
      }
      await rotations;
      for (const id of destroyed) known.delete(id);
      for (const each of [one, other, reader])
        expect(hexOf(await each.getMany([...known.keys(), ...destroyed]))).toStrictEqual(hexOf(known));
      expect(versions()).toStrictEqual([5]);
      // Those of the last rotation's own time wait for the next one.
      await one.rotate();
      expect(await other.completePending()).toBe(0);
      // A process that knew only keys that are gone.
      await other.put('after-all', newContentKey());
    });

    it('is done by one of the processes that ask for it at the same time', async () => {
      const all = await Promise.all([open(), open(), open()]);
      await putMany(all[0], many(50));
      await all[0].destroy(many(10));
      let now = Date.now() + 2 * 86_400_000;
      const late = await Promise.all([1, 2, 3].map(() => open({ now: () => new Date(now) })));
      for (; (await late[0]?.completePending()) !== 0; now += 1);
      await Promise.all(late.map((keys) => keys.completePending()));
      expect(versions()).toStrictEqual([2]);
    });

    it.each([
      ['after the new key is made', async () => void createKeyFile(folder, storeName(), 2), [1, 2]],
      [
        'after the new key is current',
        async () => {
          createKeyFile(folder, storeName(), 2);
          await sql('UPDATE @wrapping_keys SET current = false');
          await sql('INSERT INTO @wrapping_keys VALUES (2, true)');
        },
        [2],
      ],
      [
        'before the earlier key is destroyed',
        async (keys: PostgresContentKeys) => {
          const earlier = readFileSync(join(folder, String(wrappingFiles()[0])));
          await keys.rotate();
          writeFileSync(join(folder, `${storeName()}.v1.key`), earlier, { mode: 0o600 });
        },
        [2],
      ],
    ] as const)('that stopped %s goes on', async (_, stop, left) => {
      const first = await open();
      const known = await putMany(first, many(30));
      await stop(first);
      await first.close();

      const again = await open();
      await again.completePending();
      expect(versions()).toStrictEqual(left);
      expect(hexOf(await again.getMany(many(30)))).toStrictEqual(hexOf(known));
      await again.rotate();
      expect(versions()).toStrictEqual([left.at(-1) === 2 ? 3 : 2]);
      expect(hexOf(await again.getMany(many(30)))).toStrictEqual(hexOf(known));
    });

    it('counts what is destroyed while one is under way to the new key', async () => {
      const keys = await open();
      await putMany(keys, many(3));
      await keys.close();
      createKeyFile(folder, storeName(), 2);
      await sql('UPDATE @wrapping_keys SET current = false');
      await sql('INSERT INTO @wrapping_keys VALUES (2, true)');
      // Its first look finishes the rotation; whichever comes first, copies by the new key may exist.
      const again = await open();
      await again.destroy(many(1));
      expect(await again.completePending()).toBe(1);
      expect(versions()).toStrictEqual([2]);
      await again.rotate();
      expect(await again.completePending()).toBe(0);
    });
  });

  describe('the wrapping keys', () => {
    it('are the owner’s alone, and named after their store', async () => {
      await open();
      const [first] = wrappingFiles();
      expect(statSync(join(folder, String(first))).mode & 0o777).toBe(0o600);
      schemas += 1;
      const other = await open();
      await other.rotate();
      expect(versions().sort()).toStrictEqual([1, 2]);
      expect(wrappingFiles()).toContain(first);
    });

    it('are asked for at once when they are missing', async () => {
      const keys = await open();
      await putMany(keys, many(2));
      await keys.close();
      const elsewhere = mkdtempSync(join(tmpdir(), 'wrapping-keys-'));
      await expect(open({ wrappingKeys: elsewhere })).rejects.toMatchObject({ code: 'KEYS.MISSING' });
      rmSync(elsewhere, { recursive: true });
    });
  });

  describe('a server', () => {
    it('that cuts its connections is asked again', async () => {
      const keys = await open();
      const known = await putMany(keys, many(20));
      await database.disconnectAll();
      expect(hexOf(await keys.getMany(many(20)))).toStrictEqual(hexOf(known));
      await database.disconnectAll();
      await keys.put('later', newContentKey());
      await database.disconnectAll();
      await keys.destroy(['later']);
      await database.disconnectAll();
      await keys.rotate();
      expect(await keys.completePending()).toBe(0);
    });

    it('that is away leaves an error which callers answer with 503', async () => {
      await expect(open({ connectionString: 'postgres://postgres@127.0.0.1:1/none' })).rejects.toMatchObject({
        code: 'KEYS.UNAVAILABLE',
      });
      const reader = openPostgresKeyReader({
        connectionString: 'postgres://postgres@127.0.0.1:1/none',
        wrappingKeys: folder,
      });
      opened.push(reader);
      await expect(reader.getMany(['a'])).rejects.toMatchObject({ code: 'KEYS.UNAVAILABLE' });
    });

    it('that forgets its last commits is refused', async () => {
      await sql(`ALTER DATABASE ${database.name} SET synchronous_commit = off`);
      await expect(open()).rejects.toMatchObject({ code: 'KEYS.UNUSABLE' });
      await sql(`ALTER DATABASE ${database.name} RESET synchronous_commit`);
    });
  });

  it('gives one key to an id that two processes put', async () => {
    const [one, other] = [await open(), await open()];
    const ids = many(200);
    const answers = await Promise.all(
      [one, other].flatMap((keys) => ids.map((id) => keys.put(id, newContentKey()))),
    );
    const hex = answers.map((key) => Buffer.from(key).toString('hex'));
    expect(hex.slice(0, 200)).toStrictEqual(hex.slice(200));
    expect(new Set(hex).size).toBe(200);
  });

  it('keeps what a process acknowledged that is killed at any time, and destroyed keys stay so', async () => {
    const compiled = resolve(__dirname, '../dist/index.js');
    if (!existsSync(compiled)) throw new Error('This test runs the compiled library: npm run build first');
    const script = `
      const { openPostgresContentKeys, newContentKey } = require(${JSON.stringify(compiled)});
      const { writeSync } = require('node:fs');
      const say = (...words) => writeSync(1, words.join(' ') + '\\n');
      (async () => {
        const keys = await openPostgresContentKeys(${JSON.stringify(options())});
        const work = async (worker) => {
          for (let i = 0; ; i++) {
            const id = ['submission', process.pid, worker, i].join('-');
            say('put', id, Buffer.from(await keys.put(id, newContentKey())).toString('hex'));
            if (i % 4 === worker % 4) {
              say('asked', id);
              await keys.destroy([id]);
              say('destroyed', id);
            }
          }
        };
        const rotations = async () => {
          for (;;) {
            await keys.rotate();
            say('rotated');
          }
        };
        await Promise.all([rotations(), ...Array.from({ length: 8 }, (_, worker) => work(worker))]);
      })().catch((error) => { console.error(error); process.exit(1); });`;
    const acknowledged: Known = new Map();
    const asked = new Set<string>();
    const destroyed = new Set<string>();
    let rotated = 0;
    for (const lines of [60, 333, 900, 1_700]) {
      const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
      let rest = '';
      let heard = 0;
      child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
        const all = (rest + chunk).split('\n');
        rest = all.pop() ?? '';
        for (const line of all) {
          const [kind, id = '', key = ''] = line.split(' ');
          if (kind === 'put') acknowledged.set(id, Buffer.from(key, 'hex'));
          if (kind === 'asked') asked.add(id);
          if (kind === 'destroyed') destroyed.add(id);
          if (kind === 'rotated') rotated += 1;
          if (++heard === lines) child.kill('SIGKILL');
        }
      });
      expect(await new Promise((done) => child.on('close', (_code, signal) => done(signal)))).toBe('SIGKILL');
      // Statements that it had sent are carried out though it is dead.
      await database.disconnectAll();

      const keys = await open();
      const stored = await keys.getMany([...acknowledged.keys()]);
      expect(hexOf(stored)).toStrictEqual(hexOf(new Map([...acknowledged].filter(([id]) => stored.has(id)))));
      expect([...acknowledged.keys()].filter((id) => !stored.has(id) && !asked.has(id))).toStrictEqual([]);
      expect([...destroyed].filter((id) => stored.has(id))).toStrictEqual([]);
      await keys.rotate();
      expect(versions()).toHaveLength(1);
      expect(await keys.completePending()).toBe(0);
      expect((await keys.getMany([...stored.keys()])).size).toBe(stored.size);
      await keys.close();
    }
    expect(rotated).toBeGreaterThan(3);
    expect(destroyed.size).toBeGreaterThan(50);
  }, 60_000);
});
