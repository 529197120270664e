import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { InvalidConfiguration } from './configuration.js';

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
 * @throws DataFolderInUse @throws InvalidConfiguration the folder cannot be made or written
 */
export const holdDataFolder = (folder: string): { readonly release: () => void } => {
  const lock = openLock(folder);
  try {
    lock.exec('PRAGMA busy_timeout = 0');
    lock.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    lock.close();
    throw isLocked(error) ? new DataFolderInUse(folder) : unusable();
  }
  return { release: () => lock.close() };
};

const openLock = (folder: string) => {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    return new DatabaseSync(join(folder, 'registry.lock'));
  } catch {
    throw unusable();
  }
};

const isLocked = (error: unknown): boolean => error instanceof Error && /locked|busy/i.test(error.message);

const unusable = (): InvalidConfiguration =>
  new InvalidConfiguration('Not a valid configuration: DATA_DIR (not a folder that can be written to)');
