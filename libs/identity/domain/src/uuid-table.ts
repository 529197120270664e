/**
 * UUIDs numbered in the order they came, 24 bytes each instead of some 150 in a `Map` of strings: millions are held.
 * The last ones can be taken back.
 */
export class UuidTable {
  private words = new Uint32Array(4 * INITIAL);
  private next = new Int32Array(INITIAL);
  private heads = new Int32Array(INITIAL).fill(-1);
  private count = 0;

  get size(): number {
    return this.count;
  }

  /** The number of the id, or -1. */
  indexOf(id: string): number {
    const [a, b, c, d] = wordsOf(id);
    const { words } = this;
    for (let index = this.heads[slotOf(a, this.heads)] ?? -1; index >= 0; index = this.next[index] ?? -1) {
      const at = 4 * index;
      if (words[at] === a && words[at + 1] === b && words[at + 2] === c && words[at + 3] === d) return index;
    }
    return -1;
  }

  /** Numbers a new id. The caller knows that it is not there yet. */
  add(id: string): number {
    if (this.count === this.next.length) this.grow();
    const index = this.count;
    this.words.set(wordsOf(id), 4 * index);
    this.enter(index);
    this.count += 1;
    return index;
  }

  at(index: number): string {
    let hex = '';
    for (let at = 4 * index; at < 4 * index + 4; at += 1)
      hex += (this.words[at] ?? 0).toString(16).padStart(8, '0');
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
  }

  /** Takes back all but the first `size` ids. */
  truncate(size: number): void {
    while (this.count > size) {
      this.count -= 1;
      const slot = slotOf(this.words[4 * this.count] ?? 0, this.heads);
      this.heads[slot] = this.next[this.count] ?? -1;
    }
  }

  private enter(index: number): void {
    const slot = slotOf(this.words[4 * index] ?? 0, this.heads);
    this.next[index] = this.heads[slot] ?? -1;
    this.heads[slot] = index;
  }

  private grow(): void {
    this.words = grown(this.words, 8 * this.count);
    this.next = grown(this.next, 2 * this.count);
    this.heads = new Int32Array(2 * this.count).fill(-1);
    for (let index = 0; index < this.count; index += 1) this.enter(index);
  }
}

const INITIAL = 1_024;

/** Ids are random or keyed hashes, so any of their words is a good hash; sizes are powers of two. */
const slotOf = (word: number, heads: Int32Array): number => (word ^ (word >>> 15)) & (heads.length - 1);

const wordsOf = (id: string): readonly [number, number, number, number] => {
  const hex = id.replaceAll('-', '');
  if (hex.length !== 32) throw new RangeError('Not a UUID');
  return [word(hex, 0), word(hex, 8), word(hex, 16), word(hex, 24)];
};

const word = (hex: string, at: number): number => Number.parseInt(hex.slice(at, at + 8), 16);

/** A longer copy. */
export const grown = <Values extends Int32Array | Uint32Array | Uint8Array>(
  values: Values,
  length: number,
): Values => {
  const longer = new (values.constructor as new (size: number) => Values)(length);
  longer.set(values);
  return longer;
};
