import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync, type DatabaseSyncInstance } from '@photostructure/sqlite';
import type { Logger } from '@registry/observability';
import { LogCheckpoints } from './log-checkpoints.js';

/** Threads run compiled JavaScript only. */
const COMPILED = join(__dirname, '../dist/log-checkpoints-worker.js');
/** In pages. */
const ENOUGH = 4_000;

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

describe('The thread that brings logs into their files', () => {
  const warn = jest.fn();
  const logger: Logger = { info: jest.fn(), warn, error: jest.fn() };
  let folder: string;
  let checkpoints: LogCheckpoints;
  const open: DatabaseSyncInstance[] = [];

  const openDatabase = (name: string): DatabaseSyncInstance => {
    const database = new DatabaseSync(join(folder, name), { timeout: 5_000 });
    database.exec('PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0; CREATE TABLE t (a BLOB)');
    open.push(database);
    return database;
  };

  /** A page each, at least. */
  const write = (database: DatabaseSyncInstance, rows: number): void => {
    database.exec('BEGIN');
    const insert = database.prepare('INSERT INTO t VALUES (zeroblob(3000))');
    for (let row = 0; row < rows; row += 1) insert.run();
    database.exec('COMMIT');
  };

  /** Pages of the log that are not in the file. */
  const leftOf = (database: DatabaseSyncInstance): number => {
    const { log, checkpointed } = database.prepare('PRAGMA wal_checkpoint(NOOP)').get() as {
      log: number;
      checkpointed: number;
    };
    return log - checkpointed;
  };

  const isBroughtIn = async (database: DatabaseSyncInstance): Promise<void> => {
    while (leftOf(database) > 0) await pause(10);
  };

  const start = async (script = COMPILED, afterFailureMs?: number): Promise<void> => {
    if (!existsSync(script)) throw new Error('Threads run the compiled library: npm run build first');
    checkpoints = new LogCheckpoints(folder, logger, script, afterFailureMs);
    await checkpoints.start();
  };

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'log-checkpoints-'));
    warn.mockClear();
  });

  afterEach(async () => {
    await checkpoints.stop();
    for (const database of open.splice(0)) database.close();
    rmSync(folder, { recursive: true });
  });

  it('brings in long logs, also of databases that come later, while others read and write', async () => {
    const first = openDatabase('read-a.db');
    write(first, ENOUGH);
    await start();
    await isBroughtIn(first);
    const later = openDatabase('read-b.db');
    const reader = new DatabaseSync(join(folder, 'read-b.db'));
    open.push(reader);
    for (let round = 0; round < 3; round += 1) {
      write(later, ENOUGH);
      await isBroughtIn(later);
      expect(reader.prepare('SELECT count(*) AS n FROM t').get()).toMatchObject({
        n: ENOUGH * (round + 1),
      });
    }
    expect(warn).not.toHaveBeenCalled();
  });

  it('leaves short logs to their writers, and the log of the keys whatever its length', async () => {
    const keys = openDatabase('keys.db');
    const short = openDatabase('read-a.db');
    const long = openDatabase('read-b.db');
    write(keys, ENOUGH);
    write(short, 10);
    await start();
    write(long, ENOUGH);
    await isBroughtIn(long);
    // In one look all are looked at.
    write(long, ENOUGH);
    await isBroughtIn(long);
    expect(leftOf(keys)).toBeGreaterThanOrEqual(ENOUGH);
    expect(leftOf(short)).toBeGreaterThanOrEqual(10);
  });

  it('brings in what is before the snapshot of a reader, and waits for nobody', async () => {
    const database = openDatabase('read-a.db');
    const reader = new DatabaseSync(join(folder, 'read-a.db'));
    open.push(reader);
    reader.exec('BEGIN');
    reader.prepare('SELECT count(*) FROM t').get();
    write(database, ENOUGH);
    await start();
    const other = openDatabase('read-b.db');
    write(other, ENOUGH);
    await isBroughtIn(other);
    expect(leftOf(database)).toBeGreaterThanOrEqual(ENOUGH);
    reader.exec('COMMIT');
    await isBroughtIn(database);
  });

  it('says why it failed, and is tried again with another thread', async () => {
    const script = join(folder, 'failing.cjs');
    const starts = join(folder, 'starts');
    writeFileSync(
      script,
      `const { parentPort } = require('node:worker_threads');
       require('node:fs').appendFileSync(${JSON.stringify(starts)}, '.');
       parentPort.on('message', ({ kind }) => {
         if (kind === 'close') parentPort.close();
         else throw Object.assign(new Error('The disk is full'), { code: 'DISK_FULL' });
       });
       parentPort.postMessage({ kind: 'opened' });`,
    );
    await start(script, 20);
    while (warn.mock.calls.length < 2) await pause(10);
    expect(warn.mock.calls[0]).toStrictEqual(['runtime.log-checkpoints-failed', { code: 'DISK_FULL' }]);
    expect(readFileSync(starts, 'utf8').length).toBeGreaterThanOrEqual(2);
  });
});
