/** What a cache of recently used values may hold. */
export interface CacheBounds {
  readonly entries: number;
  /** Characters of all values together. */
  readonly characters: number;
  /** A value with more characters is not kept at all. */
  readonly largest: number;
}

interface Entry<V> {
  readonly value: V;
  readonly characters: number;
}

/** The values used last, bounded in number and in size. */
export class RecentlyUsed<V> {
  /** In order of use, the least recent first. */
  private readonly kept = new Map<string, Entry<V>>();
  private characters = 0;

  constructor(private readonly bounds: CacheBounds) {}

  get(key: string): V | undefined {
    const entry = this.kept.get(key);
    if (entry === undefined) return undefined;
    this.kept.delete(key);
    this.kept.set(key, entry);
    return entry.value;
  }

  /** Replaces what is kept under the key; a value that is too large only removes it. */
  set(key: string, value: V, characters: number): void {
    this.delete(key);
    if (characters > this.bounds.largest) return;
    this.kept.set(key, { value, characters });
    this.characters += characters;
    while (this.kept.size > this.bounds.entries || this.characters > this.bounds.characters) {
      const oldest = this.kept.keys().next();
      if (oldest.done === true) return;
      this.delete(oldest.value);
    }
  }

  delete(key: string): void {
    const entry = this.kept.get(key);
    if (entry === undefined) return;
    this.characters -= entry.characters;
    this.kept.delete(key);
  }

  clear(): void {
    this.kept.clear();
    this.characters = 0;
  }
}
