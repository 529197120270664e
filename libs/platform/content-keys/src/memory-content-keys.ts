import { type ContentKeys, KeyDestroyed } from './content-keys.port.js';
import { assertStorable, ContentKeysClosed, isDestroyed, parseInstant } from './stored-key.js';

/** Content keys of this process only: for tests. */
export function createMemoryContentKeys(options: { readonly now?: () => Date } = {}): ContentKeys {
  return new MemoryContentKeys(options.now ?? (() => new Date()));
}

class MemoryContentKeys implements ContentKeys {
  /** In the order they were put; a destroyed key is all zeros. */
  readonly #entries = new Map<string, { readonly key: Uint8Array; readonly putAt: number }>();
  #lastPutAt = 0;
  #closed = false;

  constructor(private readonly now: () => Date) {}

  put(id: string, key: Uint8Array): Promise<Uint8Array> {
    return this.attempt(() => {
      assertStorable(id, key);
      let entry = this.#entries.get(id);
      if (entry === undefined) {
        this.#lastPutAt = Math.max(this.#lastPutAt, this.now().getTime());
        entry = { key: Uint8Array.from(key), putAt: this.#lastPutAt };
        this.#entries.set(id, entry);
      } else if (isDestroyed(entry.key)) {
        throw new KeyDestroyed(`The key of ${id} was destroyed`);
      }
      return Uint8Array.from(entry.key);
    });
  }

  getMany(ids: readonly string[]): Promise<ReadonlyMap<string, Uint8Array>> {
    return this.attempt(() => {
      const found = new Map<string, Uint8Array>();
      for (const id of ids) {
        const entry = this.#entries.get(id);
        if (entry !== undefined && !isDestroyed(entry.key)) found.set(id, Uint8Array.from(entry.key));
      }
      return found;
    });
  }

  destroy(ids: readonly string[]): Promise<void> {
    return this.attempt(() => {
      for (const id of ids) this.#entries.get(id)?.key.fill(0);
    });
  }

  completePending(): Promise<number> {
    return this.attempt(() => 0);
  }

  olderThan(
    before: string,
    options: { readonly after?: string; readonly limit: number },
  ): Promise<readonly string[]> {
    return this.attempt(() => {
      const end = parseInstant(before);
      if (options.after !== undefined && !this.#entries.has(options.after))
        throw new RangeError('`after` was never put');
      let passed = options.after === undefined;
      const older: string[] = [];
      for (const [id, { key, putAt }] of this.#entries) {
        if (putAt >= end || older.length >= options.limit) break;
        if (passed && !isDestroyed(key)) older.push(id);
        if (id === options.after) passed = true;
      }
      return older;
    });
  }

  close(): Promise<void> {
    this.#closed = true;
    return Promise.resolve();
  }

  private attempt<T>(work: () => T): Promise<T> {
    return new Promise((resolve) => {
      if (this.#closed) throw new ContentKeysClosed('The content keys are closed');
      resolve(work());
    });
  }
}
