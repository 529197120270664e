/** Lets any number of subscriptions sleep until the log has grown. */
export class WakeUp {
  private readonly sleepers = new Set<() => void>();

  get isAwaited(): boolean {
    return this.sleepers.size > 0;
  }

  /** Resolves at the next `wake`, or at once when the signal is aborted. */
  wait(signal: AbortSignal): Promise<void> {
    if (signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const wake = (): void => {
        this.sleepers.delete(wake);
        signal.removeEventListener('abort', wake);
        resolve();
      };
      this.sleepers.add(wake);
      signal.addEventListener('abort', wake, { once: true });
    });
  }

  wake(): void {
    for (const wake of [...this.sleepers]) wake();
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
