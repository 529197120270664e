import { type AppendRequest } from './new-events.js';
import { type Fate } from './sqlite-fates.js';
import { type WritableDatabase } from './sqlite-database.js';
import { type SqliteReader } from './sqlite-reader.js';
import { SqliteWriter } from './sqlite-writer.js';
import { type GroupWriter } from './sqlite-writing-store.js';
import { turn } from './wake-up.js';

/** Commits groups on the thread that asks, which stands still meanwhile. */
export class InlineWriter implements GroupWriter {
  readonly groupsUnderWay = 1;
  private readonly writer: SqliteWriter;

  constructor(
    private readonly files: WritableDatabase,
    reader: SqliteReader,
  ) {
    this.writer = new SqliteWriter(files.database, reader);
  }

  async write(group: readonly AppendRequest[], recordedAt: string): Promise<readonly Fate[]> {
    return this.writer.appendGroup(group, recordedAt);
  }

  async close(): Promise<void> {
    this.files.close();
    await turn();
  }
}
