const FIRST_RETRY_MS = 50;
const LAST_RETRY_MS = 5_000;

/** Tries for ever with growing pauses until aborted: infrastructure comes back, and nothing may be skipped meanwhile. */
export const retry = async <T>(
  attempt: () => Promise<T>,
  signal: AbortSignal,
  onTrouble?: (error: unknown) => void,
): Promise<T | undefined> => {
  for (let pause = FIRST_RETRY_MS; ; pause = Math.min(pause * 2, LAST_RETRY_MS)) {
    try {
      return await attempt();
    } catch (error) {
      if (signal.aborted) return undefined;
      onTrouble?.(error);
      await pauseFor(pause, signal);
      if (signal.aborted) return undefined;
    }
  }
};

/** Resolves after the time, or at once when aborted. */
export const pauseFor = (milliseconds: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    signal.addEventListener('abort', done, { once: true });
  });
