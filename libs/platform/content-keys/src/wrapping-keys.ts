import {
  createKeyFile,
  destroyKeyFile,
  keyFileExists,
  KeyMissing,
  keyVersions,
  readKeyFile,
} from './key-file.js';
import { open, seal } from './sealing.js';

/**
 * The keys that content keys are wrapped by, as files of this folder, which every process of the deployment shares. The
 * store's own id is in their names: what belongs to another store is never touched.
 */
export class WrappingKeys {
  readonly #held = new Map<number, Buffer>();
  readonly #name: string;

  constructor(
    private readonly folder: string,
    storeId: string,
  ) {
    this.#name = `content-wrapping-${storeId}`;
  }

  /** @throws KeyMissing there is no such version (any more) */
  wrap(version: number, id: string, key: Uint8Array): Buffer {
    return Buffer.from(seal(this.get(version), id, key, version), 'base64');
  }

  /** @throws KeyMissing there is no such version (any more), or it is not the one that it was wrapped by */
  unwrap(version: number, id: string, wrapped: Buffer): Uint8Array {
    try {
      return Uint8Array.from(open(this.get(version), id, wrapped.toString('base64')));
    } catch (error) {
      // It may have been read while another process destroyed the file.
      this.forget(version);
      throw error instanceof KeyMissing
        ? error
        : new KeyMissing(`Wrapping key ${version} does not open the key of ${id}`);
    }
  }

  /** Makes the next version, durable. */
  make(after: number): number {
    let version = Math.max(after, ...this.onDisk()) + 1;
    while (!createKeyFile(this.folder, this.#name, version)) version += 1;
    return version;
  }

  onDisk(): number[] {
    return keyVersions(this.folder, this.#name);
  }

  destroy(version: number): void {
    destroyKeyFile(this.folder, this.#name, version);
    this.forget(version);
  }

  /** Drops from memory what another process destroyed. */
  forgetDestroyed(): void {
    for (const version of this.#held.keys())
      if (!keyFileExists(this.folder, this.#name, version)) this.forget(version);
  }

  forgetAll(): void {
    for (const version of this.#held.keys()) this.forget(version);
  }

  private get(version: number): Buffer {
    let key = this.#held.get(version);
    if (key === undefined) {
      key = readKeyFile(this.folder, this.#name, version);
      this.#held.set(version, key);
    }
    return key;
  }

  private forget(version: number): void {
    this.#held.get(version)?.fill(0);
    this.#held.delete(version);
  }
}
