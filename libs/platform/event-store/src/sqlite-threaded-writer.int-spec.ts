import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { appendPatiently, collect, newEvents } from './event-store.contract.js';
import { AppendOutcomeUnknown, type EventStore, StoreUnavailable } from './event-store.port.js';
import { RecordedAtClock } from './recorded-at.js';
import { openForReading } from './sqlite-database.js';
import { openSqliteEventStore } from './sqlite-event-store.js';
import { SqliteReader } from './sqlite-reader.js';
import { ThreadedWriter } from './sqlite-threaded-writer.js';
import { SqliteView } from './sqlite-view.js';
import { SqliteWriterThread } from './sqlite-writer-thread.js';
import { WritingSqliteStore } from './sqlite-writing-store.js';
import { StoreInUse } from './store-errors.js';
import { LIBRARY, buildLibrary } from './testing/crash.js';

describe('The thread that writes the event store', () => {
  let folder: string;
  let file: string;
  const open: EventStore[] = [];

  beforeAll(buildLibrary, 120_000);

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'event-store-'));
    file = join(folder, 'events.db');
  });

  afterEach(async () => {
    for (const store of open.splice(0)) await store.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const openWithThread = async (): Promise<{ store: EventStore; thread: SqliteWriterThread }> => {
    const thread = await SqliteWriterThread.start(file);
    const database = openForReading(file);
    const view = new SqliteView(new SqliteReader(database), new SqliteReader(database).last().number);
    const clock = new RecordedAtClock(() => new Date());
    const writer = new ThreadedWriter(file, thread, database, view, clock);
    const store = new WritingSqliteStore(writer, view, clock);
    open.push(store);
    return { store, thread };
  };

  it('is replaced when it ends, and what it had committed is seen before anybody hears that it ended', async () => {
    const { store, thread } = await openWithThread();
    await store.append('privacy-0', 'none', newEvents(1));
    const seen = collect(store, {}, (events) => events.at(-1)?.stream === 'last-1');
    const batches = Array.from({ length: 300 }, () => newEvents(2));
    const appends = batches.map((events, index) => store.append(`privacy-${index + 1}`, 'none', events));
    const outcomes = Promise.allSettled(appends);
    // The first groups are on their way then, some perhaps committed.
    setImmediate(() => thread.terminate());
    const unknown = appends.map((append, index) =>
      append.catch(async (error: unknown) => {
        expect([AppendOutcomeUnknown, StoreUnavailable]).toContain((error as Error).constructor);
        const stands = (await store.read(`privacy-${index + 1}`)).length;
        expect(stands).toBe(error instanceof AppendOutcomeUnknown && stands > 0 ? 2 : 0);
        return stands;
      }),
    );
    const told = await Promise.all(unknown);
    const ended = (await outcomes).filter(({ status }) => status === 'rejected');
    expect(ended.length).toBeGreaterThan(0);
    // Nothing can be appended until it is back; the same ids make it the same append.
    await until(async () => {
      await store.append('back-1', 'none', newEvents(1));
    });
    for (const [index, events] of batches.entries()) {
      // What was said to be there or not is so still.
      const stands = told[index];
      if (typeof stands === 'number') expect(await store.read(`privacy-${index + 1}`)).toHaveLength(stands);
      await appendPatiently(store, `privacy-${index + 1}`, 'none', events);
      expect(await store.read(`privacy-${index + 1}`)).toHaveLength(2);
    }
    await store.append('last-1', 'none', newEvents(1));
    const all = await seen;
    expect(all).toHaveLength(603);
    expect(new Set(all.map(({ id }) => id)).size).toBe(603);
  });

  it('leaves the file to others while it is away, and what they wrote is seen when it is back', async () => {
    const { store, thread } = await openWithThread();
    await store.append('privacy-1', 'none', newEvents(1));
    thread.terminate();
    await thread.gone;
    const other = await openSqliteEventStore({ file, now: () => new Date(Date.now() + 60_000) });
    await expect(store.append('privacy-1', 0, newEvents(1))).rejects.toBeInstanceOf(StoreUnavailable);
    const { recordedAt } = await other.append('privacy-1', 0, newEvents(1));
    await other.close();
    const events = newEvents(1);
    await until(async () => {
      const result = await store.append('privacy-1', 1, events);
      expect(result).toMatchObject({ revision: 2 });
      expect(result.recordedAt >= recordedAt).toBe(true);
    });
    expect(await store.read('privacy-1')).toHaveLength(3);
  });

  it('is not waited for in vain when the store is closed without it', async () => {
    const { store, thread } = await openWithThread();
    thread.terminate();
    await store.close();
    await (await openSqliteEventStore({ file })).close();
    const other = await openWithThread();
    other.thread.terminate();
    await other.thread.gone;
    await other.store.close();
  });

  it('writes what was accepted before it is closed, and leaves neither thread nor lock', async () => {
    // Timers and the like come and go with the test runner.
    const held = () => process.getActiveResourcesInfo().filter((kind) => !/^(Immediate|Timeout)$/.test(kind));
    const before = held();
    const opening = openSqliteEventStore({ file, writer: 'thread' });
    while (held().length === before.length) await new Promise((resolve) => setImmediate(resolve));
    const store = await opening;
    const appends = Array.from({ length: 600 }, (_, n) => store.append(`privacy-${n}`, 'none', newEvents(1)));
    await store.close();
    await Promise.all(appends);
    expect(held().sort()).toStrictEqual(before.sort());
    const next = await openSqliteEventStore({ file });
    open.push(next);
    expect((await next.readAll({ limit: 1000 })).events).toHaveLength(600);
  });

  it.each([
    ['end without closing', ''],
    ['call process.exit', 'process.exit(0);'],
    ['call process.exit while appends are under way', 'append(2); append(3); process.exit(0);'],
    ['be ended by a signal', `process.kill(process.pid, 'SIGTERM'); append(2);`],
  ])(
    'lets processes %s, and holds nothing afterwards',
    async (_, end) => {
      const script = `
      const { openSqliteEventStore } = require(${JSON.stringify(join(LIBRARY, 'dist', 'index.js'))});
      (async () => {
        const store = await openSqliteEventStore({ file: ${JSON.stringify(file)}, writer: 'thread' });
        const event = (id) => ({ id, type: 'Happened', data: {}, metadata: { schemaVersion: 1 } });
        const append = (n) => store.append('privacy-' + n, 'none', [event('id-' + n)]);
        await append(1);
        ${end}
      })();`;
      try {
        execFileSync(process.execPath, ['-e', script], {
          timeout: 20_000,
          stdio: ['ignore', 'pipe', 'pipe'],
        });
      } catch (error) {
        expect(error).toMatchObject({ signal: 'SIGTERM' });
      }
      const store = await openSqliteEventStore({ file, writer: 'thread' });
      open.push(store);
      expect(await store.read('privacy-1')).toHaveLength(1);
    },
    30_000,
  );

  it('tells why a file cannot be opened', async () => {
    const first = await openSqliteEventStore({ file, writer: 'thread' });
    open.push(first);
    await expect(openSqliteEventStore({ file, writer: 'thread' })).rejects.toBeInstanceOf(StoreInUse);
    await expect(openSqliteEventStore({ file })).rejects.toBeInstanceOf(StoreInUse);
    const nowhere = join(folder, 'absent', 'events.db');
    await expect(openSqliteEventStore({ file: nowhere, writer: 'thread' })).rejects.toMatchObject({
      code: 'ENOENT',
    });
  });
});

/** Repeats what is unavailable for now. */
const until = async (work: () => Promise<void>): Promise<void> => {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) throw error;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }
};
