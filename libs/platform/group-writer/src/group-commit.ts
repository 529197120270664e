/** How one member of a group fared. */
export type Outcome<R> = { readonly result: R } | { readonly error: Error };

interface Member<T, R> {
  readonly item: T;
  readonly resolve: (result: R) => void;
  readonly reject: (error: Error) => void;
}

export interface GroupCommitOptions {
  /** Members per commit: bounds how long one takes. */
  readonly largestGroup?: number;
  /** Commits under way at a time; what is asked for meanwhile gathers. Default 1. */
  readonly underWay?: number;
}

/**
 * Collects what is asked for in one turn of the event loop, and while commits are under way, and commits it together,
 * so that many callers share one flush of the disk. Nobody hears of success before their commit is done; groups are
 * begun in the order asked.
 */
export class GroupCommit<T, R> {
  private waiting: Member<T, R>[] = [];
  private scheduled = false;
  private commits = 0;
  private idle: (() => void)[] = [];
  private readonly largestGroup: number;
  private readonly mostCommits: number;

  /**
   * @param commit commits a group in the given order and gives one outcome per member; if it fails, every member
   *   fails with that error
   */
  constructor(
    private readonly commit: (group: readonly T[]) => Promise<readonly Outcome<R>[]>,
    { largestGroup = 256, underWay = 1 }: GroupCommitOptions = {},
  ) {
    this.largestGroup = largestGroup;
    this.mostCommits = underWay;
  }

  add(item: T): Promise<R> {
    return new Promise<R>((resolve, reject) => {
      this.waiting.push({ item, resolve, reject });
      this.schedule();
    });
  }

  /** Resolves when everything asked for so far has its outcome. */
  async drained(): Promise<void> {
    if (this.waiting.length === 0 && this.commits === 0) return;
    await new Promise<void>((resolve) => this.idle.push(resolve));
  }

  private schedule(): void {
    if (this.scheduled || this.waiting.length === 0 || this.commits >= this.mostCommits) return;
    this.scheduled = true;
    setImmediate(() => {
      this.scheduled = false;
      const group = this.waiting.slice(0, this.largestGroup);
      this.waiting = this.waiting.slice(this.largestGroup);
      void this.commitGroup(group);
      this.schedule();
    });
  }

  private async commitGroup(group: readonly Member<T, R>[]): Promise<void> {
    this.commits += 1;
    try {
      settle(group, await this.commit(group.map(({ item }) => item)));
    } catch (error) {
      const reason = error instanceof Error ? error : new Error(String(error));
      for (const { reject } of group) reject(reason);
    }
    this.commits -= 1;
    this.schedule();
    if (this.waiting.length === 0 && this.commits === 0) for (const resolve of this.idle.splice(0)) resolve();
  }
}

const settle = <T, R>(group: readonly Member<T, R>[], outcomes: readonly Outcome<R>[]): void =>
  group.forEach(({ resolve, reject }, index) => {
    const outcome = outcomes[index];
    if (outcome === undefined) reject(new Error('The commit left a member of its group without outcome'));
    else if ('error' in outcome) reject(outcome.error);
    else resolve(outcome.result);
  });
