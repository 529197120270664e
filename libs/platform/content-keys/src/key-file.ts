import { randomBytes } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fstatSync,
  fsyncSync,
  linkSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { assertPrivate, flushFolder, SecretFileRefused } from './private-file.js';

/** Secret keys as files `<name>.v<N>.key` of 32 raw bytes, mode 0600. */

export class KeyMissing extends Error {
  readonly code = 'KEYS.MISSING';
}

const KEY_BYTES = 32;
const MAX_VERSION = 0xffff;
const NAME = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
const LEFTOVER_MS = 60_000;

/** Versions in the folder, in no order. */
export function keyVersions(folder: string, name: string): number[] {
  const prefix = `${checked(name)}.v`;
  return readdirSync(folder).flatMap((file) => {
    const version = file.startsWith(prefix)
      ? /^([1-9]\d*)\.key$/.exec(file.slice(prefix.length))?.[1]
      : undefined;
    return version === undefined ? [] : [Number(version)];
  });
}

/**
 * Makes a random key. The file gets its name when it is complete and flushed, by a link: unlike a rename it never
 * replaces what another process made.
 * @returns false when the version is there already
 */
export function createKeyFile(folder: string, name: string, version: number): boolean {
  if (version > MAX_VERSION) throw new RangeError(`No more versions of ${name}`);
  const file = join(folder, fileName(name, version));
  const temporary = `${file}.${process.pid}.${randomBytes(4).toString('hex')}.tmp`;
  try {
    const descriptor = openSync(temporary, 'wx', 0o600);
    try {
      writeSync(descriptor, randomBytes(KEY_BYTES));
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    linkSync(temporary, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(temporary, { force: true });
    flushFolder(folder);
  }
}

/** @throws KeyMissing, SecretFileRefused others may use it, or it does not hold 32 bytes */
export function readKeyFile(folder: string, name: string, version: number): Buffer {
  const file = join(folder, fileName(name, version));
  let descriptor: number;
  try {
    descriptor = openSync(file, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') throw new KeyMissing(`No key at ${file}`);
    throw error;
  }
  try {
    assertPrivate(descriptor, file);
    if (fstatSync(descriptor).size !== KEY_BYTES)
      throw new SecretFileRefused(`${file} does not hold ${KEY_BYTES} bytes`);
    return readFileSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

export const keyFileExists = (folder: string, name: string, version: number): boolean =>
  existsSync(join(folder, fileName(name, version)));

/** Overwrites the key where it is, durably, then takes its name away, durably. Harmless if it is gone already. */
export function destroyKeyFile(folder: string, name: string, version: number): void {
  const file = join(folder, fileName(name, version));
  let descriptor: number;
  try {
    descriptor = openSync(file, 'r+');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  try {
    writeSync(descriptor, randomBytes(KEY_BYTES), 0, KEY_BYTES, 0);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  rmSync(file, { force: true });
  flushFolder(folder);
}

/** What a process left that died while it made a key. Young ones may belong to a process at work. */
export function removeLeftovers(folder: string): void {
  for (const file of readdirSync(folder).filter((name) => /\.key\.\d+\.[0-9a-f]{8}\.tmp$/.test(name))) {
    const path = join(folder, file);
    const made = statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Infinity;
    if (Date.now() - made > LEFTOVER_MS) rmSync(path, { force: true });
  }
}

function fileName(name: string, version: number): string {
  if (!Number.isInteger(version) || version < 1)
    throw new KeyMissing(`${checked(name)} has no version ${version}`);
  return `${checked(name)}.v${version}.key`;
}

function checked(name: string): string {
  if (!NAME.test(name)) throw new TypeError(`'${name}' is no name of a key`);
  return name;
}
