import { closeSync, fstatSync, fsyncSync, mkdirSync, openSync, statSync } from 'node:fs';

/** A file or folder of secrets that others may read or change, or that does not hold what it should. */
export class SecretFileRefused extends Error {
  readonly code = 'KEYS.FILE_REFUSED';
}

/** Windows has no such modes; there the folder's access list decides. */
const HAS_MODES = process.platform !== 'win32';

/**
 * Makes the folder (0700) unless it is there.
 * @throws SecretFileRefused others may write in it, and so exchange the secrets
 */
export function ensurePrivateFolder(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (HAS_MODES && (statSync(folder).mode & 0o022) !== 0) {
    throw new SecretFileRefused(`Others may write in ${folder}: chmod 700 it`);
  }
}

/** @throws SecretFileRefused the open file can be read or written by group or others */
export function assertPrivate(descriptor: number, file: string): void {
  const mode = fstatSync(descriptor).mode & 0o777;
  if (HAS_MODES && (mode & 0o077) !== 0) {
    throw new SecretFileRefused(`${file} has mode ${mode.toString(8)} and others may use it: chmod 600 it`);
  }
}

/** Makes names in a folder durable, which the files' own flush does not. */
export function flushFolder(folder: string): void {
  if (!HAS_MODES) return;
  const descriptor = openSync(folder, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
