import { setTimeout as delay } from 'node:timers/promises';
import { GroupCommit, type Outcome } from '@registry/group-writer';
import { type ContentKeys, DestructionPending, KeyDestroyed } from './content-keys.port.js';
import { prepareKeyFile } from './key-table.js';
import { KeyWriter } from './key-writer.js';
import { NewKeys } from './new-keys.js';
import { openSqliteKeyReader, type SqliteKeyReader } from './sqlite-key-reader.js';
import {
  assertStorable,
  CONTENT_KEY_BYTES,
  ContentKeysClosed,
  isDestroyed,
  parseInstant,
} from './stored-key.js';

export interface SqliteContentKeysOptions {
  /** Path of `keys.db`: made with its folder, mode 0600. This process must be the only one that writes it. */
  readonly file: string;
  readonly now?: () => Date;
  /** Milliseconds that `destroy` and `completePending` wait for readers of the file in other hands. Default 2,000. */
  readonly patience?: number;
}

/**
 * Content keys in one SQLite file, which a thread of its own writes. What is asked for at the same time shares one transaction and one
 * flush of the disk. Destructions that a crash left unfinished are finished here, unless a reader is in the way (`completePending`).
 * @throws SecretFileRefused others may use the file
 */
export async function openSqliteContentKeys(options: SqliteContentKeysOptions): Promise<ContentKeys> {
  prepareKeyFile(options.file);
  const writer = await KeyWriter.open(options.file);
  const keys = new SqliteContentKeys(writer, openSqliteKeyReader(options), options);
  try {
    await keys.completePending();
  } catch (error) {
    await keys.close();
    throw error;
  }
  return keys;
}

/** A put takes some 20 µs. */
const LARGEST_GROUP = 512;
/** While one is written and flushed, the next lies ready. */
const GROUPS_UNDER_WAY = 2;
/** Between attempts to clear the log while a reader holds it. */
const FIRST_WAIT_MS = 5;
const LONGEST_WAIT_MS = 100;

type Request =
  | { readonly kind: 'put'; readonly id: string; readonly key: Uint8Array }
  | { readonly kind: 'destroy'; readonly ids: readonly string[] };

/** Of a put its key, of a destruction the numbers that are pending. */
type Result = Uint8Array | readonly number[];

export class SqliteContentKeys implements ContentKeys {
  readonly #now: () => Date;
  readonly #patience: number;
  readonly #group: GroupCommit<Request, Result>;
  /** Of this process, which alone writes the file: a key that is destroyed goes from here as well. */
  readonly #newKeys = new NewKeys();
  /** Numbers of destroyed keys that the log may still hold. */
  #pending: ReadonlySet<number> = new Set();
  #attempt: Promise<void> | undefined;
  #closed = false;

  constructor(
    private readonly writer: KeyWriter,
    private readonly reader: SqliteKeyReader,
    { now = () => new Date(), patience = 2_000 }: SqliteContentKeysOptions,
  ) {
    this.#now = now;
    this.#patience = patience;
    this.#group = new GroupCommit((group) => this.commit(group), {
      largestGroup: LARGEST_GROUP,
      underWay: GROUPS_UNDER_WAY,
    });
  }

  async put(id: string, key: Uint8Array): Promise<Uint8Array> {
    this.assertOpen();
    assertStorable(id, key);
    // The caller may clear its own copy while this one waits.
    return (await this.#group.add({ kind: 'put', id, key: Uint8Array.from(key) })) as Uint8Array;
  }

  async getMany(ids: readonly string[]): Promise<ReadonlyMap<string, Uint8Array>> {
    this.assertOpen();
    const found = new Map<string, Uint8Array>();
    const others: string[] = [];
    for (const id of ids) {
      const key = this.#newKeys.get(id);
      if (key === undefined) others.push(id);
      else found.set(id, key);
    }
    if (others.length > 0) for (const [id, key] of await this.reader.getMany(others)) found.set(id, key);
    return found;
  }

  async destroy(ids: readonly string[]): Promise<void> {
    this.assertOpen();
    const mine = (await this.#group.add({ kind: 'destroy', ids: [...ids] })) as readonly number[];
    const isPending = () => mine.some((n) => this.#pending.has(n));
    await this.clearLogWhile(isPending);
    if (isPending()) throw new DestructionPending('A reader keeps the log of destroyed keys open');
  }

  async completePending(): Promise<number> {
    this.assertOpen();
    await this.clearLog();
    await this.clearLogWhile(() => this.#pending.size > 0);
    return this.#pending.size;
  }

  async olderThan(
    before: string,
    options: { readonly after?: string; readonly limit: number },
  ): Promise<readonly string[]> {
    this.assertOpen();
    return this.reader.olderThan(parseInstant(before), options.after, options.limit);
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#group.drained();
    this.#newKeys.clear();
    // Before the thread: the last connection to close may clear the log, and only one that writes can.
    await this.reader.close();
    await this.writer.close();
  }

  private async commit(group: readonly Request[]): Promise<Outcome<Result>[]> {
    const puts: Extract<Request, { readonly kind: 'put' }>[] = [];
    const destroyed: { readonly ids: readonly string[]; readonly afterPuts: number }[] = [];
    for (const request of group) {
      if (request.kind === 'put') puts.push(request);
      else destroyed.push({ ids: request.ids, afterPuts: puts.length });
    }
    const { stored, pending } = await this.writer
      .ask({
        kind: 'commit',
        ids: puts.map(({ id }) => id),
        keys: Buffer.concat(puts.map(({ key }) => key)),
        at: this.#now().getTime(),
        destroyed,
      })
      .catch((error: unknown) => {
        // Whether it destroyed any is not known.
        this.#newKeys.clear();
        throw error;
      });
    this.#pending = new Set([...this.#pending, ...pending.flat()]);
    const pendingOf = pending.values();
    let start = 0;
    return group.map((request) => {
      if (request.kind === 'destroy') {
        for (const id of request.ids) this.#newKeys.delete(id);
        return { result: pendingOf.next().value ?? [] };
      }
      const key = stored.slice(start, (start += CONTENT_KEY_BYTES));
      if (isDestroyed(key)) return { error: new KeyDestroyed(`The key of ${request.id} was destroyed`) };
      this.#newKeys.add(request.id, key);
      return { result: key };
    });
  }

  private async clearLogWhile(needed: () => boolean): Promise<void> {
    const deadline = performance.now() + this.#patience;
    for (let wait = FIRST_WAIT_MS; needed() && !this.#closed; wait = Math.min(2 * wait, LONGEST_WAIT_MS)) {
      await this.clearLog();
      const now = performance.now();
      if (!needed() || now >= deadline) return;
      await delay(Math.min(wait, Math.max(1, deadline - now)));
    }
  }

  /** One attempt, shared: one that succeeds clears the log for all destructions committed before it, as answers come in order. */
  private clearLog(): Promise<void> {
    this.#attempt ??= this.writer
      .ask({ kind: 'clear-log' })
      .then(({ pending }) => void (this.#pending = new Set(pending.flat())))
      .finally(() => (this.#attempt = undefined));
    return this.#attempt;
  }

  private assertOpen(): void {
    if (this.#closed) throw new ContentKeysClosed('The content keys are closed');
  }
}
