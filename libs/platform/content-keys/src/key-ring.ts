import { randomBytes } from 'node:crypto';
import {
  closeSync,
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
import { assertPrivate, ensurePrivateFolder, flushFolder, SecretFileRefused } from './private-file.js';

export interface VersionedKey {
  /** 1, 2, … 65,535 */
  readonly version: number;
  /** 32 bytes, the caller's own copy */
  readonly key: Uint8Array;
}

/**
 * Named secret keys of the deployment: for HMACs (submission ids, control ids), sealing of journals, pseudonyms. New
 * values are made with the current version; a value that names an older version is read with `get`. Names are
 * lower-case words with hyphens.
 */
export interface KeyRing {
  /** The newest version; the first use of a name makes its first one. */
  current(name: string): VersionedKey;

  /** @throws KeyMissing there is no such version */
  get(name: string, version: number): Uint8Array;

  /**
   * Makes a new version and resolves with it when it is durable. Other processes go on with theirs until they open
   * the ring again.
   */
  rotate(name: string): Promise<VersionedKey>;
}

export const KEY_RING = Symbol('KeyRing');

export class KeyMissing extends Error {
  readonly code = 'KEYS.MISSING';
}

/**
 * Keys as files `<name>.v<N>.key` of 32 raw bytes, mode 0600, in a folder of mode 0700 that is made when missing.
 * @throws SecretFileRefused others may write in the folder; later calls: a key file is not the owner's alone or not
 * 32 bytes
 */
export function openKeyRing(folder: string): Promise<KeyRing> {
  return new Promise((resolve) => {
    ensurePrivateFolder(folder);
    removeLeftovers(folder);
    resolve(new FileKeyRing(folder));
  });
}

const KEY_BYTES = 32;
const MAX_VERSION = 0xffff;
const NAME = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
const LEFTOVER_MS = 60_000;

class FileKeyRing implements KeyRing {
  readonly #keys = new Map<string, Buffer>();
  readonly #newest = new Map<string, number>();

  constructor(private readonly folder: string) {}

  current(name: string): VersionedKey {
    let version = this.#newest.get(name);
    if (version === undefined) {
      version = this.newestOnDisk(name);
      if (version === 0) {
        this.create(name, 1);
        // Another process may have been first, and may have rotated since.
        version = this.newestOnDisk(name);
      }
      this.#newest.set(name, version);
    }
    return { version, key: this.get(name, version) };
  }

  get(name: string, version: number): Uint8Array {
    const file = fileName(name, version);
    let key = this.#keys.get(file);
    if (key === undefined) {
      key = readKey(join(this.folder, file));
      this.#keys.set(file, key);
    }
    return Uint8Array.from(key);
  }

  rotate(name: string): Promise<VersionedKey> {
    return new Promise((resolve) => {
      let version = this.newestOnDisk(name) + 1;
      while (!this.create(name, version)) version++;
      this.#newest.set(name, version);
      resolve({ version, key: this.get(name, version) });
    });
  }

  private newestOnDisk(name: string): number {
    const prefix = `${checked(name)}.v`;
    let newest = 0;
    for (const file of readdirSync(this.folder)) {
      const version = file.startsWith(prefix)
        ? /^([1-9]\d*)\.key$/.exec(file.slice(prefix.length))?.[1]
        : undefined;
      if (version !== undefined) newest = Math.max(newest, Number(version));
    }
    return newest;
  }

  /**
   * The file gets its name when it is complete and flushed, by a link: unlike a rename it never replaces what another
   * process made.
   * @returns false when the version is there already
   */
  private create(name: string, version: number): boolean {
    if (version > MAX_VERSION) throw new RangeError(`No more versions of ${name}`);
    const file = join(this.folder, fileName(name, version));
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
      flushFolder(this.folder);
    }
  }
}

function readKey(file: string): Buffer {
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

/** What a process left that died while it made a key. Young ones may belong to a process at work. */
function removeLeftovers(folder: string): void {
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
