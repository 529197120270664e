/** How one member of a group fared. */
export type Outcome<R> = { readonly result: R } | { readonly error: Error };

interface Member<T, R> {
  readonly item: T;
  readonly resolve: (result: R) => void;
  readonly reject: (error: Error) => void;
}

/**
 * Collects what is asked for in one turn of the event loop and commits it together, so that many callers share one
 * flush of the disk. Nobody hears of success before `commit` has returned.
 */
export class GroupCommit<T, R> {
  private waiting: Member<T, R>[] = [];
  private scheduled = false;

  /**
   * @param commit commits a group in the given order and returns one outcome per member; if it throws, every member
   *   fails with that error
   * @param largestGroup members per commit: bounds how long the event loop stands still
   */
  constructor(
    private readonly commit: (group: readonly T[]) => readonly Outcome<R>[],
    private readonly largestGroup = 256,
  ) {}

  add(item: T): Promise<R> {
    return new Promise<R>((resolve, reject) => {
      this.waiting.push({ item, resolve, reject });
      this.schedule();
    });
  }

  /** Commits now what is waiting. */
  flush(): void {
    while (this.waiting.length > 0) this.commitGroup();
  }

  private schedule(): void {
    if (this.scheduled) return;
    this.scheduled = true;
    setImmediate(() => {
      this.scheduled = false;
      this.commitGroup();
      if (this.waiting.length > 0) this.schedule();
    });
  }

  private commitGroup(): void {
    const group = this.waiting.slice(0, this.largestGroup);
    this.waiting = this.waiting.slice(this.largestGroup);
    if (group.length === 0) return;
    let outcomes: readonly Outcome<R>[];
    try {
      outcomes = this.commit(group.map(({ item }) => item));
    } catch (error) {
      const reason = error instanceof Error ? error : new Error(String(error));
      for (const { reject } of group) reject(reason);
      return;
    }
    group.forEach(({ resolve, reject }, index) => {
      const outcome = outcomes[index];
      if (outcome === undefined) reject(new Error('The commit left a member of its group without outcome'));
      else if ('error' in outcome) reject(outcome.error);
      else resolve(outcome.result);
    });
  }
}
