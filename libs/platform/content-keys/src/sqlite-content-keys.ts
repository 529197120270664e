import { setTimeout as delay } from 'node:timers/promises';
import { type ContentKeys, DestructionPending, KeyDestroyed } from './content-keys.port.js';
import { GroupCommit } from './group-commit.js';
import { KeyTable } from './key-table.js';
import { assertStorable, ContentKeysClosed, isDestroyed, parseInstant } from './stored-key.js';

export interface SqliteContentKeysOptions {
  /** Path of `keys.db`: made with its folder, mode 0600. This process must be the only one that writes it. */
  readonly file: string;
  readonly now?: () => Date;
  /** Milliseconds that `destroy` and `completePending` wait for readers of the file in other hands. Default 2,000. */
  readonly patience?: number;
}

/**
 * Content keys in one SQLite file. What is asked for at the same time shares one transaction and one flush of the
 * disk. Destructions that a crash left unfinished are finished here, unless a reader is in the way
 * (`completePending`).
 * @throws SecretFileRefused others may use the file
 */
export async function openSqliteContentKeys(options: SqliteContentKeysOptions): Promise<ContentKeys> {
  const keys = new SqliteContentKeys(new KeyTable(options.file), options);
  try {
    await keys.completePending();
  } catch (error) {
    await keys.close();
    throw error;
  }
  return keys;
}

/** A put takes some 20 µs: the event loop stands still for 10 ms at most, and the flush. */
const LARGEST_GROUP = 512;
/** Between attempts to clear the log while a reader holds it. */
const FIRST_WAIT_MS = 5;
const LONGEST_WAIT_MS = 100;

class SqliteContentKeys implements ContentKeys {
  readonly #table: KeyTable;
  readonly #now: () => Date;
  readonly #patience: number;
  readonly #group: GroupCommit;
  #lastAttempt = -Infinity;
  #closed = false;

  constructor(table: KeyTable, options: SqliteContentKeysOptions) {
    this.#table = table;
    this.#now = options.now ?? (() => new Date());
    this.#patience = options.patience ?? 2_000;
    this.#group = new GroupCommit((work) => table.transaction(work), LARGEST_GROUP);
  }

  async put(id: string, key: Uint8Array): Promise<Uint8Array> {
    this.assertOpen();
    assertStorable(id, key);
    // The caller may clear its own copy while this one waits.
    const copy = Uint8Array.from(key);
    return this.#group.submit(() => {
      const stored = this.#table.put(id, copy, this.#now().getTime());
      return stored ? { result: stored } : { refused: new KeyDestroyed(`The key of ${id} was destroyed`) };
    });
  }

  getMany(ids: readonly string[]): Promise<ReadonlyMap<string, Uint8Array>> {
    return new Promise((resolve) => {
      this.assertOpen();
      const found = new Map<string, Uint8Array>();
      for (const [id, { key }] of this.#table.find(ids)) if (!isDestroyed(key)) found.set(id, key);
      resolve(found);
    });
  }

  async destroy(ids: readonly string[]): Promise<void> {
    this.assertOpen();
    const asked = [...ids];
    const rows = await this.#group.submit(() => {
      // Ids that never had a key have nothing to destroy; those destroyed before may still be pending.
      const found = [...this.#table.find(asked).values()];
      this.#table.overwrite(found.filter(({ key }) => !isDestroyed(key)));
      return { result: found };
    });
    const isPending = () => rows.some(({ n }) => this.#table.pending.has(n));
    await this.clearLogWhile(isPending);
    if (isPending()) throw new DestructionPending('A reader keeps the log of destroyed keys open');
  }

  async completePending(): Promise<number> {
    this.assertOpen();
    await this.clearLogWhile(() => this.#table.pending.size > 0);
    return this.#table.pending.size;
  }

  olderThan(
    before: string,
    options: { readonly after?: string; readonly limit: number },
  ): Promise<readonly string[]> {
    return new Promise((resolve) => {
      this.assertOpen();
      resolve(this.#table.olderThan(parseInstant(before), options.after, options.limit));
    });
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#group.flush();
      this.#closed = true;
      this.#table.close();
      resolve();
    });
  }

  /** Attempts are shared: one that succeeds clears the log for all destructions committed before it. */
  private async clearLogWhile(needed: () => boolean): Promise<void> {
    const deadline = performance.now() + this.#patience;
    for (let wait = FIRST_WAIT_MS; needed() && !this.#closed; wait = Math.min(2 * wait, LONGEST_WAIT_MS)) {
      const now = performance.now();
      if (now - this.#lastAttempt >= FIRST_WAIT_MS || now >= deadline) {
        this.#lastAttempt = this.#table.clearLog() ? -Infinity : now;
      }
      if (!needed() || now >= deadline) return;
      await delay(Math.min(wait, Math.max(1, deadline - now)));
    }
  }

  private assertOpen(): void {
    if (this.#closed) throw new ContentKeysClosed('The content keys are closed');
  }
}
