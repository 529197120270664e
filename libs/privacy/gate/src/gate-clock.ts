/** Time as the gate needs it; a virtual one drives the interleaving tests. */
export interface GateClock {
  /** Milliseconds, never set back. */
  monotonic(): number;
  /** Wall time, for agreements and relationships in force. */
  now(): Date;
  /** Runs `action` once after `milliseconds`; the returned function cancels it. */
  after(milliseconds: number, action: () => void): () => void;
}

export const systemGateClock: GateClock = {
  monotonic: () => performance.now(),
  now: () => new Date(),
  after: (milliseconds, action) => {
    const timer = setTimeout(action, milliseconds);
    timer.unref();
    return () => clearTimeout(timer);
  },
};

export const pause = (clock: GateClock, milliseconds: number): Promise<void> =>
  new Promise((resolve) => clock.after(milliseconds, resolve));

/** No less than so long by the clock: a timer may fire up to a millisecond early. */
export const passed = async (clock: GateClock, milliseconds: number): Promise<void> => {
  const until = clock.monotonic() + milliseconds;
  for (let left = milliseconds; left > 0; left = until - clock.monotonic()) await pause(clock, left);
};
