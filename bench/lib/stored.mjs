import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';

/** What lies in a registry's folder, asked beside the running program. */
export const storedIn = (folder) => {
  const one = (file, sql) => {
    const database = new DatabaseSync(join(folder, file), { readOnly: true, timeout: 5_000 });
    try {
      return Object.values(database.prepare(sql).get())[0];
    } finally {
      database.close();
    }
  };
  return {
    /** Submissions that are part of a record which can be read. */
    linked: () => one('read-query.db', 'SELECT count(*) FROM linked_submission'),
    persons: () => one('read-query.db', 'SELECT count(*) FROM person_setting'),
    submissions: () =>
      one(
        'events.db',
        "SELECT count(*) FROM events WHERE stream >= 'submission-' AND stream < 'submission.' AND revision = 0",
      ),
    events: () => one('events.db', 'SELECT max(position) FROM events'),
    megabytes: () =>
      Object.fromEntries(
        readdirSync(folder)
          .map((file) => [file, statSync(join(folder, file)).size / 2 ** 20])
          .filter(([, size]) => size >= 0.1),
      ),
  };
};
