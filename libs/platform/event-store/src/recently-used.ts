/** What a cache of recently used values may hold. */
export interface CacheBounds {
  readonly entries: number;
  /** Characters of all values together. */
  readonly characters: number;
  /** A value with more characters is not kept at all. */
  readonly largest: number;
}

/** Kept in a ring by use: from `ring` on by `newer`, the least recent first. */
interface Entry<V> {
  readonly key: string;
  readonly value: V;
  readonly characters: number;
  older: Entry<V>;
  newer: Entry<V>;
}

/**
 * The values used last, bounded in number and in size. A Map knows the order, too, but finds its first entry by walking past all that were
 * deleted before it: 2 µs at 4,096 entries, 35 µs at 50,000, where the ring takes 1 µs.
 */
export class RecentlyUsed<V> {
  private readonly kept = new Map<string, Entry<V>>();
  /** Belongs to no key: its `newer` is the least recent entry, its `older` the most recent. */
  private readonly ring: Entry<V> = emptyRing();
  private characters = 0;

  constructor(private readonly bounds: CacheBounds) {}

  get(key: string): V | undefined {
    const entry = this.kept.get(key);
    if (entry === undefined) return undefined;
    unlink(entry);
    this.linkAsNewest(entry);
    return entry.value;
  }

  /** Replaces what is kept under the key; a value that is too large only removes it. */
  set(key: string, value: V, characters: number): void {
    this.delete(key);
    if (characters > this.bounds.largest) return;
    const { ring } = this;
    const entry: Entry<V> = { key, value, characters, older: ring, newer: ring };
    this.kept.set(key, entry);
    this.linkAsNewest(entry);
    this.characters += characters;
    while (this.kept.size > this.bounds.entries || this.characters > this.bounds.characters)
      this.remove(ring.newer);
  }

  delete(key: string): void {
    const entry = this.kept.get(key);
    if (entry !== undefined) this.remove(entry);
  }

  clear(): void {
    this.kept.clear();
    this.ring.newer = this.ring;
    this.ring.older = this.ring;
    this.characters = 0;
  }

  private remove(entry: Entry<V>): void {
    this.kept.delete(entry.key);
    unlink(entry);
    this.characters -= entry.characters;
  }

  private linkAsNewest(entry: Entry<V>): void {
    const { ring } = this;
    entry.older = ring.older;
    entry.newer = ring;
    ring.older.newer = entry;
    ring.older = entry;
  }
}

const unlink = <V>({ older, newer }: Entry<V>): void => {
  older.newer = newer;
  newer.older = older;
};

const emptyRing = <V>(): Entry<V> => {
  const ring = { key: '', value: undefined, characters: 0 } as unknown as Entry<V>;
  ring.older = ring;
  ring.newer = ring;
  return ring;
};
