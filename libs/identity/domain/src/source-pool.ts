import type { IndexedSource } from './indexed-source.js';
import { grown } from './uuid-table.js';

/**
 * The sources of each person, packed into one array of numbers: some 80 bytes a source instead of 500 as objects. Decoded when
 * looked at, which is for a few candidates of a decision. The last ones can be taken back.
 */
export class SourcePool {
  private pool = new Int32Array(16_384);
  private used = 0;
  private offsets = new Int32Array(INITIAL);
  private next = new Int32Array(INITIAL);
  private owners = new Int32Array(INITIAL);
  private newest = new Int32Array(INITIAL).fill(-1);
  private count = 0;
  private readonly names: string[] = [];
  private readonly numberOfName = new Map<string, number>();

  get size(): number {
    return this.count;
  }

  /** @param without numbers of sources that do not count */
  of(person: number, without?: ReadonlySet<number>): IndexedSource[] {
    const sources: IndexedSource[] = [];
    for (let source = this.newest[person] ?? -1; source >= 0; source = this.next[source] ?? -1) {
      if (without?.has(source) !== true) sources.push(this.decode(source));
    }
    return sources.reverse();
  }

  /** Adds a source to a person unless one that says the same is there. @returns the number of the source added */
  add(person: number, source: IndexedSource, without?: ReadonlySet<number>): number | undefined {
    const encoded = this.encode(source);
    if (this.has(person, encoded, without)) return undefined;
    while (person >= this.newest.length) this.growPersons();
    if (this.count === this.offsets.length) this.growSources();
    while (this.used + encoded.length > this.pool.length) this.pool = grown(this.pool, 2 * this.pool.length);
    this.pool.set(encoded, this.used);
    this.offsets[this.count] = this.used;
    this.used += encoded.length;
    this.next[this.count] = this.newest[person] ?? -1;
    this.owners[this.count] = person;
    this.newest[person] = this.count;
    this.count += 1;
    return this.count - 1;
  }

  /** Takes back all but the first `size` sources. */
  truncate(size: number): void {
    while (this.count > size) {
      this.count -= 1;
      this.newest[this.owners[this.count] ?? 0] = this.next[this.count] ?? -1;
      this.used = this.offsets[this.count] ?? 0;
    }
  }

  private has(person: number, encoded: readonly number[], without?: ReadonlySet<number>): boolean {
    for (let source = this.newest[person] ?? -1; source >= 0; source = this.next[source] ?? -1) {
      if (without?.has(source) === true) continue;
      const at = this.offsets[source] ?? 0;
      if (encoded.every((value, index) => this.pool[at + index] === value)) return true;
    }
    return false;
  }

  /** Length first; then each list as its length and its values. */
  private encode({
    birthDate,
    givenNames,
    sex,
    multipleBirth,
    birthOrder,
    corroborators: { mother, phone, address },
    numbers,
  }: IndexedSource): number[] {
    const body = [
      Number(birthDate.replaceAll('-', '')),
      (sex === 'F' ? 1 : sex === 'M' ? 2 : 0) | (multipleBirth ? 4 : 0) | ((birthOrder ?? 0) << 3),
    ];
    for (const list of [
      givenNames.map((name) => this.numberOf(name)),
      mother,
      phone,
      address,
      numbers.flatMap(({ authority, value }) => [authority, value]),
    ])
      body.push(list.length, ...list);
    return [body.length, ...body];
  }

  private decode(source: number): IndexedSource {
    let at = (this.offsets[source] ?? 0) + 1;
    const read = (): number => this.pool[at++] ?? 0;
    const list = (): number[] => {
      const values = new Array<number>(read());
      for (let index = 0; index < values.length; index += 1) values[index] = read();
      return values;
    };
    const day = String(read()).padStart(8, '0');
    const flags = read();
    const givenNames = list().map((number) => this.names[number] ?? '');
    const corroborators = { mother: list(), phone: list(), address: list() };
    const numbers = list();
    return {
      birthDate: `${day.slice(0, 4)}-${day.slice(4, 6)}-${day.slice(6)}`,
      givenNames,
      sex: (flags & 3) === 1 ? 'F' : (flags & 3) === 2 ? 'M' : undefined,
      multipleBirth: (flags & 4) !== 0,
      birthOrder: flags >> 3 || undefined,
      corroborators,
      numbers: Array.from({ length: numbers.length / 2 }, (_, index) => ({
        authority: numbers[2 * index] ?? 0,
        value: numbers[2 * index + 1] ?? 0,
      })),
    };
  }

  private numberOf(name: string): number {
    const known = this.numberOfName.get(name);
    if (known !== undefined) return known;
    this.numberOfName.set(name, this.names.length);
    return this.names.push(name) - 1;
  }

  private growSources(): void {
    const length = 2 * this.offsets.length;
    this.offsets = grown(this.offsets, length);
    this.next = grown(this.next, length);
    this.owners = grown(this.owners, length);
  }

  private growPersons(): void {
    const before = this.newest.length;
    this.newest = grown(this.newest, 2 * before);
    this.newest.fill(-1, before);
  }
}

const INITIAL = 1_024;
