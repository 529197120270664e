import { createKeyFile, keyVersions, readKeyFile, removeLeftovers } from './key-file.js';
import { ensurePrivateFolder } from './private-file.js';

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

class FileKeyRing implements KeyRing {
  readonly #keys = new Map<string, Buffer>();
  readonly #newest = new Map<string, number>();

  constructor(private readonly folder: string) {}

  current(name: string): VersionedKey {
    let version = this.#newest.get(name);
    if (version === undefined) {
      version = this.newestOnDisk(name);
      if (version === 0) {
        createKeyFile(this.folder, name, 1);
        // Another process may have been first, and may have rotated since.
        version = this.newestOnDisk(name);
      }
      this.#newest.set(name, version);
    }
    return { version, key: this.get(name, version) };
  }

  get(name: string, version: number): Uint8Array {
    const place = `${name}.v${version}`;
    let key = this.#keys.get(place);
    if (key === undefined) {
      key = readKeyFile(this.folder, name, version);
      this.#keys.set(place, key);
    }
    return Uint8Array.from(key);
  }

  rotate(name: string): Promise<VersionedKey> {
    return new Promise((resolve) => {
      let version = this.newestOnDisk(name) + 1;
      while (!createKeyFile(this.folder, name, version)) version++;
      this.#newest.set(name, version);
      resolve({ version, key: this.get(name, version) });
    });
  }

  private newestOnDisk(name: string): number {
    return Math.max(0, ...keyVersions(this.folder, name));
  }
}
