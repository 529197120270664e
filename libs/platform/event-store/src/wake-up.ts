/** Is it worth waking up for what the log has grown by, events of these categories? */
export type Wanted = (categories: ReadonlySet<string>) => boolean;

/** Lets any number of subscriptions sleep until the log has grown. */
export class WakeUp {
  private readonly sleepers = new Map<() => void, Wanted | undefined>();

  get isAwaited(): boolean {
    return this.sleepers.size > 0;
  }

  /** Resolves at the next `wake` that is wanted, or at once when the signal is aborted. */
  wait(signal: AbortSignal, wanted?: Wanted): Promise<void> {
    if (signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const wake = (): void => {
        this.sleepers.delete(wake);
        signal.removeEventListener('abort', wake);
        resolve();
      };
      this.sleepers.set(wake, wanted);
      signal.addEventListener('abort', wake, { once: true });
    });
  }

  /** @param categories of what the log has grown by; undefined: whoever sleeps shall look */
  wake(categories?: ReadonlySet<string>): void {
    for (const [wake, wanted] of [...this.sleepers]) {
      if (categories === undefined || wanted === undefined || wanted(categories)) wake();
    }
  }
}

/** Resolves after `milliseconds`, or at once when the signal is aborted. */
export const pause = (milliseconds: number, signal: AbortSignal): Promise<void> => {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    signal.addEventListener('abort', done, { once: true });
  });
};

/** Lets timers and sockets have their turn between two long synchronous reads. */
export const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
