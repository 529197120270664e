import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';

/** Files under a folder that hold a text, as UTF-8: databases and their logs too. */
export const filesHolding = (folder, text) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .filter((file) => readFileSync(file).includes(text));

/** How many contents were destroyed, by the facts themselves: asked beside the running program. */
export const destroyedIn = (folder) => {
  const database = new DatabaseSync(join(folder, 'events.db'), { readOnly: true, timeout: 5_000 });
  try {
    return database.prepare("SELECT count(*) AS count FROM events WHERE type = 'ContentDestroyed'").get()
      .count;
  } finally {
    database.close();
  }
};
