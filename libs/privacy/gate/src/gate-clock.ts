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
