import { grown } from './uuid-table.js';

/**
 * From keys to the numbers entered under them, newest first: hashes of 64 bits in typed arrays, 20 bytes an entry. Two keys of one
 * hash are one candidate too many, and candidates are compared anyway. The last entries can be taken back.
 */
export class KeyTable {
  private low = new Int32Array(INITIAL);
  private high = new Int32Array(INITIAL);
  private values = new Int32Array(INITIAL);
  private next = new Int32Array(INITIAL);
  private heads = new Int32Array(INITIAL).fill(-1);
  private count = 0;

  get size(): number {
    return this.count;
  }

  /** What was entered under the key last, without repetition. @param most how much at most */
  find(key: string, most = Number.POSITIVE_INFINITY): number[] {
    const low = hash(key, LOW_SEED);
    const high = hash(key, HIGH_SEED);
    const found: number[] = [];
    for (let entry = this.heads[this.slotOf(low)] ?? -1; entry >= 0; entry = this.next[entry] ?? -1) {
      if (this.low[entry] !== low || this.high[entry] !== high) continue;
      found.push(this.values[entry] ?? -1);
      if (found.length >= most) break;
    }
    return found;
  }

  /** Enters `value` under `key` unless it is among the last ones there. Twice does no harm, and thousands need not be looked through. */
  put(key: string, value: number): void {
    if (this.find(key, LOOKED_THROUGH).includes(value)) return;
    if (this.count === this.next.length) this.grow();
    const entry = this.count;
    this.low[entry] = hash(key, LOW_SEED);
    this.high[entry] = hash(key, HIGH_SEED);
    this.values[entry] = value;
    this.enter(entry);
    this.count += 1;
  }

  /** Takes back all but the first `size` entries. */
  truncate(size: number): void {
    while (this.count > size) {
      this.count -= 1;
      this.heads[this.slotOf(this.low[this.count] ?? 0)] = this.next[this.count] ?? -1;
    }
  }

  private slotOf(low: number): number {
    return low & (this.heads.length - 1);
  }

  private enter(entry: number): void {
    const slot = this.slotOf(this.low[entry] ?? 0);
    this.next[entry] = this.heads[slot] ?? -1;
    this.heads[slot] = entry;
  }

  private grow(): void {
    const length = 2 * this.count;
    this.low = grown(this.low, length);
    this.high = grown(this.high, length);
    this.values = grown(this.values, length);
    this.next = grown(this.next, length);
    this.heads = new Int32Array(length).fill(-1);
    for (let entry = 0; entry < this.count; entry += 1) this.enter(entry);
  }
}

const INITIAL = 1_024;
const LOOKED_THROUGH = 100;
const LOW_SEED = 0x811c9dc5;
const HIGH_SEED = 0x9e3779b9;

/** 32 bits of a text: FNV-1a over its UTF-16 units, then mixed so that all bits depend on all units. */
export const hash = (text: string, seed: number = LOW_SEED): number => {
  let value = seed;
  for (let index = 0; index < text.length; index += 1) {
    value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
  }
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35);
  return (value ^ (value >>> 16)) | 0;
};
