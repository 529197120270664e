import type { UnassignedLink } from './decisions.events.js';
import type { UniqueNumber } from './indexed-source.js';

/** A submission linked to a survivor while it was merged. */
export interface LinkWhileMerged extends UnassignedLink {
  /** Number of the source that it added to the index; undefined: it said nothing new, or could not be opened. */
  readonly source: number | undefined;
  readonly numbers: readonly UniqueNumber[];
}

export interface StandingMerge {
  readonly mergeId: string;
  readonly survivor: number;
  readonly absorbed: number;
  /** Of facilities and registers, as each side's own sources had them at the merge. */
  readonly survivorNumbers: ReadonlySet<string>;
  readonly absorbedNumbers: ReadonlySet<string>;
  /** How many links the survivor had had while merged. */
  readonly after: number;
}

/**
 * Who is merged into whom, over an index that keeps each person's sources apart: so parting two is exact. Merges are few, so ordinary maps will do. What was
 * changed since a mark can be taken back.
 */
export class MergedPersons {
  private readonly merges = new Map<string, StandingMerge>();
  private readonly survivors = new Map<number, StandingMerge>();
  private readonly absorbed = new Map<number, readonly number[]>();
  /** Of persons that have ever taken in another, links since. */
  private readonly links = new Map<number, LinkWhileMerged[]>();
  private readonly detached = new Set<number>();
  private readonly apart = new Set<string>();
  /** Submissions that an un-merge left to nobody. */
  private readonly unassigned = new Set<string>();
  private readonly undos: (() => void)[] = [];

  get marked(): number {
    return this.undos.length;
  }

  /** Sources that do not count for the person whom they were added to. */
  get withoutSources(): ReadonlySet<number> {
    return this.detached;
  }

  rootOf(person: number): number {
    if (this.survivors.size === 0) return person;
    let root = person;
    for (let merge = this.survivors.get(root); merge !== undefined; merge = this.survivors.get(root))
      root = merge.survivor;
    return root;
  }

  /** The person and everybody merged into it, directly or by way of others. */
  partsOf(person: number): number[] {
    const parts = [person];
    if (this.survivors.size === 0) return parts;
    for (const part of parts) parts.push(...(this.absorbed.get(part) ?? []));
    return parts;
  }

  get(mergeId: string): StandingMerge | undefined {
    return this.merges.get(mergeId);
  }

  merge(merge: Omit<StandingMerge, 'after'>): void {
    const standing = { ...merge, after: this.links.get(merge.survivor)?.length ?? 0 };
    this.merges.set(merge.mergeId, standing);
    this.survivors.set(merge.absorbed, standing);
    const absorbed = this.absorbed.get(merge.survivor) ?? [];
    this.absorbed.set(merge.survivor, [...absorbed, merge.absorbed]);
    const isFirst = !this.links.has(merge.survivor);
    if (isFirst) this.links.set(merge.survivor, []);
    this.undos.push(() => {
      this.merges.delete(merge.mergeId);
      this.survivors.delete(merge.absorbed);
      this.absorbed.set(merge.survivor, absorbed);
      if (isFirst) this.links.delete(merge.survivor);
    });
  }

  /** Has the person ever taken in another? */
  hasTakenIn(person: number): boolean {
    return this.links.size > 0 && this.links.has(person);
  }

  /** Notes a link to a person that has taken in another, so that it can be looked at when they part. */
  noteLink(person: number, link: LinkWhileMerged): void {
    const links = this.links.get(person);
    if (links === undefined) return;
    links.push(link);
    this.undos.push(() => links.pop());
  }

  /** Links made while this merge stood that still count for the survivor. */
  linksSince({ survivor, after }: StandingMerge): readonly LinkWhileMerged[] {
    return (this.links.get(survivor) ?? []).slice(after).filter(({ submissionId }) => submissionId !== '');
  }

  /** @param leaving submissions that count for the survivor no more */
  unmerge(merge: StandingMerge, leaving: ReadonlySet<string>): void {
    const { mergeId, survivor, absorbed, after } = merge;
    const before = [...(this.links.get(survivor) ?? [])];
    const left = before.filter(({ submissionId }, index) => index >= after && leaving.has(submissionId));
    const detached = left.flatMap(({ source }) => (source === undefined ? [] : [source]));
    const parts = this.absorbed.get(survivor) ?? [];
    this.merges.delete(mergeId);
    this.survivors.delete(absorbed);
    this.absorbed.set(
      survivor,
      parts.filter((part) => part !== absorbed),
    );
    this.links.set(
      survivor,
      // In their places, so that the counts of other merges hold.
      before.map((link) => (left.includes(link) ? { ...link, submissionId: '' } : link)),
    );
    for (const source of detached) this.detached.add(source);
    this.undos.push(() => {
      this.merges.set(mergeId, merge);
      this.survivors.set(absorbed, merge);
      this.absorbed.set(survivor, parts);
      this.links.set(survivor, before);
      for (const source of detached) this.detached.delete(source);
    });
  }

  leaveUnassigned(submissionIds: readonly string[]): void {
    for (const id of submissionIds) this.unassigned.add(id);
    this.undos.push(() => submissionIds.forEach((id) => this.unassigned.delete(id)));
  }

  isUnassigned(submissionId: string): boolean {
    return this.unassigned.has(submissionId);
  }

  assign(submissionId: string): void {
    if (this.unassigned.delete(submissionId)) this.undos.push(() => this.unassigned.add(submissionId));
  }

  keepApart(person: number, others: readonly number[]): void {
    const pairs = others.map((other) => pairOf(person, other)).filter((pair) => !this.apart.has(pair));
    for (const pair of pairs) this.apart.add(pair);
    this.undos.push(() => pairs.forEach((pair) => this.apart.delete(pair)));
  }

  areKeptApart(a: number, b: number): boolean {
    return this.apart.size > 0 && this.apart.has(pairOf(a, b));
  }

  undoTo(mark: number): void {
    while (this.undos.length > mark) this.undos.pop()?.();
  }

  settle(): void {
    this.undos.length = 0;
  }
}

const pairOf = (a: number, b: number): string => (a < b ? `${a}|${b}` : `${b}|${a}`);

export const numberKey = ({ authority, value }: UniqueNumber): string => `${authority}|${value}`;
