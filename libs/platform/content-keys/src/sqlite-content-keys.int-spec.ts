import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { contentKeysContract } from './content-keys.contract.js';
import { type ContentKeys, newContentKey, openSqliteContentKeys, openSqliteKeyReader } from './index.js';
import { prepareKeyFile } from './key-table.js';
import { KeyWriter } from './key-writer.js';
import { SqliteContentKeys } from './sqlite-content-keys.js';

let folder: string;
let file: string;
const opened: ContentKeys[] = [];

async function open(
  changes: Partial<Parameters<typeof openSqliteContentKeys>[0]> = {},
): Promise<ContentKeys> {
  const keys = await openSqliteContentKeys({ file, ...changes });
  opened.push(keys);
  return keys;
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'content-keys-'));
  file = join(folder, 'keys.db');
});
afterEach(async () => {
  for (const keys of opened.splice(0)) await keys.close();
  rmSync(folder, { recursive: true });
});

type Known = Map<string, Buffer>;

/** Ids of which any aligned quarter of the key is anywhere in any file of the folder. */
function onDisk(known: Known): Set<string> {
  const quarters = new Map<number, { rest: number; id: string }[]>();
  for (const [id, key] of known) {
    for (let at = 0; at < 32; at += 8) {
      const same = quarters.get(key.readUInt32LE(at)) ?? [];
      same.push({ rest: key.readUInt32LE(at + 4), id });
      quarters.set(key.readUInt32LE(at), same);
    }
  }
  const found = new Set<string>();
  for (const name of readdirSync(folder)) {
    const bytes = readFileSync(join(folder, name));
    for (let at = 0; at + 8 <= bytes.length; at++) {
      for (const { rest, id } of quarters.get(bytes.readUInt32LE(at)) ?? []) {
        if (bytes.readUInt32LE(at + 4) === rest) found.add(id);
      }
    }
  }
  return found;
}

const hexOf = (known: ReadonlyMap<string, Uint8Array>) =>
  new Map([...known].map(([id, key]) => [id, Buffer.from(key).toString('hex')]));

async function putMany(keys: ContentKeys, ids: readonly string[]): Promise<Known> {
  const known: Known = new Map(ids.map((id) => [id, newContentKey()]));
  await Promise.all([...known].map(([id, key]) => keys.put(id, key)));
  return known;
}

/** Pseudo-random numbers that are the same in every run. */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

contentKeysContract('SQLite', (now) => open({ now }));

describe('destroyed keys', () => {
  it('leave no trace in any file, whatever was put and destroyed around them', async () => {
    const random = numbers(1);
    const alive: Known = new Map();
    const gone: Known = new Map();
    let keys = await open();
    for (let round = 0; round < 24; round++) {
      const ids = Array.from(
        { length: 50 + random(400) },
        (_, i) => `submission-${random(1e9)}-${round}-${i}`,
      );
      for (const [id, key] of await putMany(keys, ids)) alive.set(id, key);
      const chosen = [...alive.keys()].filter(() => random(3) === 0);
      const middle = random(chosen.length);
      await Promise.all([
        keys.destroy(chosen.slice(0, middle)),
        ...chosen.slice(middle, middle + 9).map((id) => keys.destroy([id])),
      ]);
      for (const id of chosen.slice(0, middle + 9)) {
        gone.set(id, alive.get(id) as Buffer);
        alive.delete(id);
      }
      expect(onDisk(gone)).toStrictEqual(new Set());
      if (round % 8 === 7) {
        await keys.close();
        keys = await open();
      }
    }
    expect(gone.size).toBeGreaterThan(1_000);
    expect(onDisk(alive).size).toBe(alive.size);
    expect(hexOf(await keys.getMany([...alive.keys(), ...gone.keys()]))).toStrictEqual(hexOf(alive));
    for (const id of [...gone.keys()].slice(0, 20)) {
      await expect(keys.put(id, newContentKey())).rejects.toMatchObject({ code: 'KEYS.DESTROYED' });
    }
  });

  it('are pending while a reader holds the log, unreadable at once, and gone when it ends', async () => {
    const keys = await open({ patience: 100 });
    const known = await putMany(keys, ['a', 'b', 'c']);
    const reader = new DatabaseSync(file, { readOnly: true });
    reader.exec('BEGIN');
    reader.prepare('SELECT count(*) FROM keys').all();

    await expect(keys.destroy(['a', 'b'])).rejects.toMatchObject({ code: 'KEYS.DESTRUCTION_PENDING' });
    expect(onDisk(known)).toStrictEqual(new Set(['a', 'b', 'c']));
    expect([...(await keys.getMany(['a', 'b', 'c'])).keys()]).toStrictEqual(['c']);
    await expect(keys.put('a', newContentKey())).rejects.toMatchObject({ code: 'KEYS.DESTROYED' });
    expect(await keys.completePending()).toBe(2);
    await expect(keys.destroy(['a'])).rejects.toMatchObject({ code: 'KEYS.DESTRUCTION_PENDING' });

    reader.exec('COMMIT');
    reader.close();
    expect(await keys.completePending()).toBe(0);
    expect(onDisk(known)).toStrictEqual(new Set(['c']));
  });

  it('wait for a reader that ends soon, while puts go on', async () => {
    const keys = await open({ patience: 60_000 });
    const known = await putMany(keys, ['a', 'b']);
    const reader = new DatabaseSync(file, { readOnly: true });
    reader.exec('BEGIN');
    reader.prepare('SELECT count(*) FROM keys').all();

    let settled = false;
    const both = Promise.all([keys.destroy(['a']), keys.destroy(['b'])]).finally(() => (settled = true));
    const later = await putMany(keys, ['c', 'd']);
    expect(settled).toBe(false);
    reader.exec('COMMIT');
    reader.close();
    await both;
    expect(onDisk(known)).toStrictEqual(new Set());
    expect(onDisk(later)).toStrictEqual(new Set(['c', 'd']));
  });
});

describe('a process that is killed', () => {
  const compiled = resolve(__dirname, '../dist/index.js');
  const prelude = `
    const { openSqliteContentKeys, newContentKey } = require(${JSON.stringify(compiled)});
    const { DatabaseSync } = require(${JSON.stringify(require.resolve('@photostructure/sqlite'))});
    const { writeSync } = require('node:fs');
    const file = process.argv[1];
    const say = (...words) => {
      for (let line = Buffer.from(words.join(' ') + '\\n'); line.length > 0; ) {
        try {
          line = line.subarray(writeSync(1, line));
        } catch (error) {
          // A process that has threads does not wait for room in a pipe.
          if (error.code !== 'EAGAIN') throw error;
        }
      }
    };
    const die = () => process.kill(process.pid, 'SIGKILL');
    const hex = (key) => Buffer.from(key).toString('hex');
  `;

  /** Runs the compiled library in a plain node; `heard` sees each line and may kill it. */
  async function run(script: string, heard: (line: string[], kill: () => void) => void): Promise<void> {
    if (!existsSync(compiled)) throw new Error('This test runs the compiled library: npm run build first');
    const body = `${prelude}(async () => {${script}})().catch((error) => { console.error(error); process.exit(1); });`;
    const child = spawn(process.execPath, ['-e', body, file], { stdio: ['ignore', 'pipe', 'inherit'] });
    let rest = '';
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      const lines = (rest + chunk).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) heard(line.split(' '), () => child.kill('SIGKILL'));
    });
    const signal = await new Promise((done) => child.on('close', (_code, how) => done(how)));
    expect(signal).toBe('SIGKILL');
  }

  it('between overwriting keys and clearing the log leaves none when opened again', async () => {
    const known: Known = new Map();
    await run(
      `
        const keys = await openSqliteContentKeys({ file });
        const ids = Array.from({ length: 1000 }, (_, i) => 'submission-' + i);
        await Promise.all(ids.map(async (id) => say(id, hex(await keys.put(id, newContentKey())))));
        // A reader keeps the log from being cleared, so this is the moment between the two.
        const reader = new DatabaseSync(file, { readOnly: true });
        reader.exec('BEGIN');
        reader.prepare('SELECT count(*) FROM keys').all();
        keys.destroy(ids.filter((_, i) => i % 2 === 0)).catch(() => undefined);
        while ((await keys.getMany(ids)).size === 1000) await new Promise(setImmediate);
        die();
      `,
      ([id, key]) => known.set(String(id), Buffer.from(String(key), 'hex')),
    );
    expect(onDisk(known).size).toBe(1_000);

    const keys = await open();
    expect(await keys.completePending()).toBe(0);
    const alive = new Map([...known].filter(([id]) => Number(id.slice('submission-'.length)) % 2 === 1));
    expect(onDisk(known)).toStrictEqual(new Set(alive.keys()));
    expect(hexOf(await keys.getMany([...known.keys()]))).toStrictEqual(hexOf(alive));
    await expect(keys.put('submission-0', newContentKey())).rejects.toMatchObject({ code: 'KEYS.DESTROYED' });
  });

  it('at any time has stored what it acknowledged, and destroyed keys are gone', async () => {
    const acknowledged: Known = new Map();
    const asked = new Set<string>();
    const destroyed = new Set<string>();
    for (const lines of [150, 700, 2_500]) {
      let heard = 0;
      await run(
        `
          const keys = await openSqliteContentKeys({ file });
          const work = async (worker) => {
            for (let i = 0; ; i++) {
              const id = ['submission', process.pid, worker, i].join('-');
              say('put', id, hex(await keys.put(id, newContentKey())));
              if (i % 4 === worker % 4) {
                say('asked', id);
                await keys.destroy([id]);
                say('destroyed', id);
              }
            }
          };
          await Promise.all(Array.from({ length: 16 }, (_, worker) => work(worker)));
        `,
        ([kind, id, key], kill) => {
          if (kind === 'put') acknowledged.set(String(id), Buffer.from(String(key), 'hex'));
          if (kind === 'asked') asked.add(String(id));
          if (kind === 'destroyed') destroyed.add(String(id));
          if (++heard === lines) kill();
        },
      );
      const keys = await open();
      expect(await keys.completePending()).toBe(0);
      const stored = await keys.getMany([...acknowledged.keys()]);
      await keys.close();

      const kept = new Map([...acknowledged].filter(([id]) => stored.has(id)));
      expect(hexOf(stored)).toStrictEqual(hexOf(kept));
      expect([...acknowledged.keys()].filter((id) => !stored.has(id) && !asked.has(id))).toStrictEqual([]);
      expect([...destroyed].filter((id) => stored.has(id))).toStrictEqual([]);
      expect(onDisk(acknowledged)).toStrictEqual(new Set(stored.keys()));
    }
    expect(destroyed.size).toBeGreaterThan(50);
  });
});

describe('the thread that writes', () => {
  const openWithThread = async () => {
    prepareKeyFile(file);
    const writer = await KeyWriter.open(file);
    const keys = new SqliteContentKeys(writer, openSqliteKeyReader({ file }), { file });
    opened.push(keys);
    return { keys, writer };
  };

  /** Repeats what is unavailable for now. */
  const patiently = async <T>(work: () => Promise<T>): Promise<T> => {
    for (;;) {
      try {
        return await work();
      } catch (error) {
        expect(error).toMatchObject({ code: 'KEYS.UNAVAILABLE' });
      }
    }
  };

  it('is replaced when it ends; what was asked of it can be asked again, and reads go on', async () => {
    const { keys, writer } = await openWithThread();
    const before = await putMany(keys, ['a', 'b']);
    const mine = new Map(Array.from({ length: 600 }, (_, i) => [`submission-${i}`, newContentKey()]));
    const first = Promise.allSettled([...mine].map(([id, key]) => keys.put(id, key)));
    const destroyed = Promise.allSettled([keys.destroy(['b'])]);
    await new Promise((done) => setImmediate(done));
    await writer.terminate();
    const outcomes = [...(await first), ...(await destroyed)];
    expect((await keys.getMany(['a'])).get('a')).toEqual(Uint8Array.from(before.get('a') as Buffer));
    expect(outcomes.some(({ status }) => status === 'rejected')).toBe(true);
    for (const outcome of outcomes)
      if (outcome.status === 'rejected')
        expect(outcome.reason).toMatchObject({ code: 'KEYS.UNAVAILABLE', cause: { code: 'THREAD.ENDED' } });
    // Whoever's key was stored gets it, whoever's was not stores it now.
    const again = await Promise.all([...mine].map(([id, key]) => patiently(() => keys.put(id, key))));
    expect(again.map((key) => Buffer.from(key).toString('hex'))).toStrictEqual(
      [...mine.values()].map((key) => key.toString('hex')),
    );
    await patiently(() => keys.destroy(['b']));
    expect(onDisk(before)).toStrictEqual(new Set(['a']));
  });

  it('may have destroyed a key and given no answer: the key is not in memory either', async () => {
    prepareKeyFile(file);
    const writer = await KeyWriter.open(file);
    const ask: KeyWriter['ask'] = writer.ask.bind(writer);
    const losing = Object.assign(Object.create(writer) as KeyWriter, {
      ask: async (...question: Parameters<KeyWriter['ask']>) => {
        const answer = await ask(...question);
        const [asked] = question;
        if (asked.kind === 'commit' && asked.destroyed.length > 0) throw new Error('The answer is lost');
        return answer;
      },
    });
    const keys = new SqliteContentKeys(losing, openSqliteKeyReader({ file }), { file });
    opened.push(keys);
    await keys.put('a', newContentKey());
    expect((await keys.getMany(['a'])).has('a')).toBe(true);
    await expect(keys.destroy(['a'])).rejects.toThrow('The answer is lost');
    expect((await keys.getMany(['a'])).has('a')).toBe(false);
  });

  it('can be closed after it has ended', async () => {
    const { keys, writer } = await openWithThread();
    await keys.put('a', newContentKey());
    await writer.terminate();
    await keys.close();
    expect([...(await (await open()).getMany(['a'])).keys()]).toStrictEqual(['a']);
  });
});

describe('the file', () => {
  it('is the owner’s alone', async () => {
    const keys = await open();
    await putMany(keys, ['a']);
    for (const name of readdirSync(folder)) expect(statSync(join(folder, name)).mode & 0o077).toBe(0);
  });

  it('is refused when others may read it', async () => {
    writeFileSync(file, '', { mode: 0o640 });
    await expect(open()).rejects.toMatchObject({
      code: 'KEYS.FILE_REFUSED',
      message: expect.stringContaining('640') as string,
    });
  });

  it('keeps everything when it is closed and opened again', async () => {
    const first = await open();
    const known = await putMany(first, ['a', 'b', 'c']);
    await first.destroy(['b']);
    const late = first.put('late', known.get('a') as Buffer);
    await first.close();
    known.set('late', Buffer.from(await late));
    known.delete('b');

    const again = await open();
    expect(hexOf(await again.getMany(['a', 'b', 'c', 'late']))).toStrictEqual(hexOf(known));
    expect(await again.olderThan('2100-01-01T00:00:00Z', { limit: 9 })).toStrictEqual(['a', 'c', 'late']);
    await expect(again.put('b', newContentKey())).rejects.toMatchObject({ code: 'KEYS.DESTROYED' });
  });

  it('fails the whole group when its transaction cannot begin, and goes on afterwards', async () => {
    const keys = await open();
    const other = new DatabaseSync(file);
    other.exec('BEGIN IMMEDIATE');
    const outcomes = await Promise.allSettled(['a', 'b'].map((id) => keys.put(id, newContentKey())));
    expect(outcomes.map(({ status }) => status)).toStrictEqual(['rejected', 'rejected']);
    other.exec('ROLLBACK');
    other.close();
    const known = await putMany(keys, ['a', 'b']);
    expect(hexOf(await keys.getMany(['a', 'b']))).toStrictEqual(hexOf(known));
  });
});
