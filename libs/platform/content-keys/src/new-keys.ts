/** As long as those who follow the log need for what came in, as a rule. */
const MOMENT_MS = 2_000;
/** 32 bytes and an id each. */
const MOST = 4_096;

/**
 * Keys put a moment ago: identity, privacy and the directory look at an event that comes in one after the other, and each asks for its key.
 * They are kept for one to two moments, in two generations, and wiped when they go.
 */
export class NewKeys {
  #newer = new Map<string, Uint8Array>();
  #older = new Map<string, Uint8Array>();
  #next: NodeJS.Timeout | undefined;

  add(id: string, key: Uint8Array): void {
    this.delete(id);
    this.#newer.set(id, Uint8Array.from(key));
    if (this.#newer.size >= MOST) this.#age();
    this.#next ??= setTimeout(() => this.#age(), MOMENT_MS).unref();
  }

  /** @returns a copy */
  get(id: string): Uint8Array | undefined {
    const key = this.#newer.get(id) ?? this.#older.get(id);
    return key && Uint8Array.from(key);
  }

  delete(id: string): void {
    for (const keys of [this.#newer, this.#older]) {
      keys.get(id)?.fill(0);
      keys.delete(id);
    }
  }

  clear(): void {
    this.#age();
    this.#age();
  }

  #age(): void {
    clearTimeout(this.#next);
    for (const key of this.#older.values()) key.fill(0);
    this.#older = this.#newer;
    this.#newer = new Map();
    this.#next = this.#older.size === 0 ? undefined : setTimeout(() => this.#age(), MOMENT_MS).unref();
  }
}
