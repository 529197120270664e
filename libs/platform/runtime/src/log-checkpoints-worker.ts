import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync, type DatabaseSyncInstance } from '@photostructure/sqlite';
import { answerOnThread } from '@registry/group-writer';

const LOG = '-wal';

/** Pages of a log that are worth a checkpoint: 16 MiB, in which a page is often met several times and written once. Below that the disk is left to those who wait for it. */
const WORTH_PAGES = 4_000;

/** Its writer alone says what leaves the log of the keys, and when: a destroyed key shall be nowhere. */
const isLeftAlone = (database: string): boolean => database === 'keys.db';

/** The logs of the databases in a folder, which come and go. */
class Logs {
  private readonly open = new Map<string, DatabaseSyncInstance>();

  constructor(private readonly folder: string) {}

  checkpoint(): void {
    for (const file of readdirSync(this.folder)) {
      if (!file.endsWith(`.db${LOG}`)) continue;
      const name = file.slice(0, -LOG.length);
      if (isLeftAlone(name)) continue;
      const database = this.databaseOf(name);
      const { log, checkpointed } = run(database, 'NOOP');
      // PASSIVE waits for nobody, and nobody waits for it.
      if (log - checkpointed >= WORTH_PAGES) run(database, 'PASSIVE');
    }
  }

  close(): void {
    for (const database of this.open.values()) database.close();
  }

  private databaseOf(name: string): DatabaseSyncInstance {
    let database = this.open.get(name);
    if (database === undefined) {
      database = new DatabaseSync(join(this.folder, name), { timeout: 0 });
      // Of the pages it needs none.
      database.exec('PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = 0; PRAGMA cache_size = 10');
      this.open.set(name, database);
    }
    return database;
  }
}

/** In pages; `checkpointed` of `log` are in the database by now. */
interface Progress {
  readonly log: number;
  readonly checkpointed: number;
}

const run = (database: DatabaseSyncInstance, mode: 'NOOP' | 'PASSIVE'): Progress =>
  database.prepare(`PRAGMA wal_checkpoint(${mode})`).get() as Progress;

// What runs in the thread of `LogCheckpoints`.
answerOnThread<'checkpoint', undefined, string>((folder) => {
  const logs = new Logs(folder);
  return {
    answer: () => {
      logs.checkpoint();
      return undefined;
    },
    close: () => logs.close(),
  };
});
