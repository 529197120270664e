/** What a request came to; a refusal is its caller's alone and leaves the others of its group as they are. */
export type Outcome<Result> = { readonly result: Result } | { readonly refused: Error };

interface Waiting {
  /** Does the work inside the transaction; returns what tells its caller, once that is durable. */
  run(): () => void;
  fail(error: unknown): void;
}

/**
 * Gathers the work that is asked for until the event loop comes round and does it in one transaction, so that it
 * shares one flush of the disk. A caller is answered when the transaction is durable; if it fails, the whole group
 * fails.
 */
export class GroupCommit {
  #queue: Waiting[] = [];
  #scheduled = false;

  /**
   * @param transaction commits what the function did, durably, or undoes it and throws
   * @param limit requests in one transaction: bounds how long the event loop stands still
   */
  constructor(
    private readonly transaction: <T>(work: () => T) => T,
    private readonly limit: number,
  ) {}

  submit<Result>(work: () => Outcome<Result>): Promise<Result> {
    return new Promise((resolve, reject) => {
      const run = () => {
        const outcome = work();
        return () => ('refused' in outcome ? reject(outcome.refused) : resolve(outcome.result));
      };
      this.#queue.push({ run, fail: reject });
      this.schedule();
    });
  }

  /** Commits what is waiting, now. */
  flush(): void {
    while (this.#queue.length > 0) this.commitGroup();
  }

  private schedule(): void {
    if (this.#scheduled || this.#queue.length === 0) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      this.commitGroup();
      this.schedule();
    });
  }

  private commitGroup(): void {
    const group = this.#queue.splice(0, this.limit);
    if (group.length === 0) return;
    let answers: (() => void)[];
    try {
      answers = this.transaction(() => group.map((each) => each.run()));
    } catch (error) {
      for (const each of group) each.fail(error);
      return;
    }
    for (const answer of answers) answer();
  }
}
