import { DatabaseSync } from '@photostructure/sqlite';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeEventStoreModel } from './event-store-model.contract.js';
import { collect, describeEventStoreContract, newEvent, newEvents } from './event-store.contract.js';
import { type EventStore, StoreUnavailable } from './event-store.port.js';
import { appendRequest } from './new-events.js';
import { openForWriting } from './sqlite-database.js';
import { openSqliteEventStore } from './sqlite-event-store.js';
import { NO_END, SqliteReader } from './sqlite-reader.js';
import { SqliteWriter } from './sqlite-writer.js';
import { StoreInUse, StoreUnusable } from './store-errors.js';
import { appendAndKill, buildLibrary, expectNothingLost } from './testing/crash.js';

const makeFolder = (): string => mkdtempSync(join(tmpdir(), 'event-store-'));
const removeFolder = (folder: string): void => rmSync(folder, { recursive: true, force: true });

// The writer thread runs the built library, and so do the processes that are killed.
beforeAll(buildLibrary, 120_000);

describe.each(['inline', 'thread'] as const)('With the writer %s', (writer) => {
  describeEventStoreContract('The SQLite adapter', () => {
    const folders: string[] = [];
    const file = (): string => join(folders.at(-1) ?? '', 'events.db');
    return {
      open: (now) => {
        folders.push(makeFolder());
        return openSqliteEventStore({ file: file(), writer, ...(now && { now }) });
      },
      reopen: () => openSqliteEventStore({ file: file(), writer }),
      remove: () => folders.forEach(removeFolder),
    };
  });

  describeEventStoreModel('The SQLite adapter', async () => {
    const folder = makeFolder();
    const store = await openSqliteEventStore({ file: join(folder, 'events.db'), writer });
    return { store, remove: () => removeFolder(folder) };
  });

  describe('The event store on SQLite', () => {
    let folder: string;
    let file: string;
    const open: EventStore[] = [];
    const openStore = async (readOnly = false): Promise<EventStore> => {
      const store = await openSqliteEventStore({ file, readOnly, pollInterval: 5, writer });
      open.push(store);
      return store;
    };

    beforeEach(() => {
      folder = makeFolder();
      file = join(folder, 'events.db');
    });

    afterEach(async () => {
      for (const store of open.splice(0)) await store.close();
      removeFolder(folder);
    });

    it('is written by one at a time', async () => {
      const first = await openStore();
      await expect(openStore()).rejects.toBeInstanceOf(StoreInUse);
      await first.close();
      await openStore();
    });

    it('flushes every commit, also when it is opened again', () => {
      for (let time = 0; time < 2; time += 1) {
        const files = openForWriting(file);
        const { database } = files;
        expect(database.prepare('PRAGMA synchronous').get()).toMatchObject({ synchronous: 2 });
        expect(database.prepare('PRAGMA journal_mode').get()).toMatchObject({ journal_mode: 'wal' });
        files.close();
      }
    });

    it('refuses a file of something else or of a newer version', async () => {
      const other = new DatabaseSync(file);
      other.exec('CREATE TABLE anything (a)');
      other.close();
      await expect(openStore()).rejects.toBeInstanceOf(StoreUnusable);
      await expect(openStore(true)).rejects.toBeInstanceOf(StoreUnusable);
      removeFolder(file);
      await (await openStore()).close();
      const newer = new DatabaseSync(file);
      newer.exec('PRAGMA user_version = 99');
      newer.close();
      await expect(openStore()).rejects.toBeInstanceOf(StoreUnusable);
    });

    describe('opened for reading', () => {
      it('needs a file', async () => {
        await expect(openStore(true)).rejects.toBeInstanceOf(StoreUnavailable);
      });

      it('reads and follows beside the writer, and appends nothing', async () => {
        const writer = await openStore();
        await writer.append('privacy-1', 'none', newEvents(3));
        const reader = await openStore(true);
        expect(await reader.read('privacy-1')).toStrictEqual(await writer.read('privacy-1'));
        expect(await reader.heads(['privacy-1'])).toStrictEqual(await writer.heads(['privacy-1']));
        await expect(reader.append('privacy-1', 2, newEvents(1))).rejects.toBeInstanceOf(StoreUnavailable);

        const seen = collect(reader, {}, (events) => events.length >= 5);
        await collect(reader, {}, (events) => events.length >= 3);
        await writer.append('privacy-1', 2, newEvents(2));
        expect((await seen).map(({ revision }) => revision)).toStrictEqual([0, 1, 2, 3, 4]);
      });

      it('knows the heads of now, whatever it has followed', async () => {
        const writer = await openStore();
        await writer.append('privacy-1', 'none', newEvents(2));
        await writer.append('privacy-2', 'none', newEvents(1));
        const reader = await openStore(true);
        const streams = ['privacy-2', 'privacy-"', 'privacy-1', 'privacy-2'];
        const untouched = await reader.heads(streams);
        expect(untouched.map((head) => head?.revision)).toStrictEqual([0, undefined, 1, 0]);
        await reader.readAll();
        expect(await reader.heads(streams)).toStrictEqual(untouched);
        await writer.append('privacy-1', 1, newEvents(1));
        expect(await reader.heads(streams)).toStrictEqual(await writer.heads(streams));
        expect((await reader.heads(['privacy-1']))[0]?.revision).toBe(2);
      });

      it('reads what a writer left behind, and lets the next writer in', async () => {
        const writer = await openStore();
        await writer.append('privacy-1', 'none', newEvents(3));
        await writer.close();
        const reader = await openStore(true);
        expect((await reader.readAll()).events).toHaveLength(3);
        const next = await openStore();
        await next.append('privacy-1', 2, newEvents(1));
        expect((await reader.readAll()).events).toHaveLength(4);
      });
    });

    it('serves subscribers that lag behind what memory holds', async () => {
      const store = await openStore();
      await store.append('journal-1', 'any', newEvents(1));
      const seen: number[] = [];
      const stop = new AbortController();
      for await (const page of store.subscribe({ signal: stop.signal, limit: 100 })) {
        expect(page.events.length).toBeLessThanOrEqual(100);
        if (seen.length === 0) await store.append('journal-1', 'any', newEvents(6000));
        seen.push(...page.events.map(({ revision }) => revision));
        if (seen.length >= 6001) stop.abort();
      }
      expect(seen).toStrictEqual(Array.from({ length: 6001 }, (_, index) => index));
    });

    it('writes nothing of a group when the disk is full, says so, and goes on once there is room', () => {
      const files = openForWriting(file);
      const { database } = files;
      try {
        const reader = new SqliteReader(database);
        const writing = new SqliteWriter(database, reader);
        const at = new Date().toISOString();
        const request = (stream: string, size: number) =>
          appendRequest(stream, 'none', [newEvent('Happened', { text: 'x'.repeat(size) })]);
        writing.appendGroup([request('small-1', 10)], at);
        const { page_count: pages } = database.prepare('PRAGMA page_count').get() as { page_count: number };
        database.exec(`PRAGMA max_page_count = ${pages + 2}`);
        const tooMuch = [request('small-2', 10), request('large-1', 100_000)];
        expect(() => writing.appendGroup(tooMuch, at)).toThrow(StoreUnavailable);
        expect(reader.head('small-2', NO_END)).toBeUndefined();
        database.exec('PRAGMA max_page_count = 1000000');
        expect(writing.appendGroup(tooMuch, at)).toMatchObject([
          { kind: 'written', position: 2 },
          { kind: 'written', position: 3 },
        ]);
      } finally {
        files.close();
      }
    });

    describe('whose process is killed', () => {
      it('has everything that was acknowledged, in full batches, and is locked only while it lives', async () => {
        for (const round of ['first', 'second', 'third']) {
          const acknowledged = await appendAndKill(`sqlite-${writer}`, file, round, 200, async () => {
            await expect(openStore()).rejects.toBeInstanceOf(StoreInUse);
          });
          const store = await openStore();
          await expectNothingLost(store, acknowledged);
          await store.close();
        }
      }, 60_000);
    });
  });
});
