import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';

/** Another process keeps its data in this folder. */
export class DataFolderInUse extends Error {
  readonly code = 'CONFIGURATION.DATA_FOLDER_IN_USE';
  constructor(folder: string) {
    super(`Another registry is running on ${folder}. Stop it, or set DATA_DIR to another folder.`);
  }
}

/**
 * Holds the folder for this process until closed. The lock is an open transaction on a file of its own: the operating system
 * gives it back however the process ends.
 * @throws DataFolderInUse
 */
export const holdDataFolder = (folder: string): { readonly release: () => void } => {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const lock = new DatabaseSync(join(folder, 'registry.lock'));
  try {
    lock.exec('PRAGMA busy_timeout = 0');
    lock.exec('BEGIN EXCLUSIVE');
  } catch {
    lock.close();
    throw new DataFolderInUse(folder);
  }
  return { release: () => lock.close() };
};
