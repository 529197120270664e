export interface Rate {
  readonly perMinute: number;
  /** Tokens in a full bucket: at least 1, at most `perMinute`. */
  readonly burst: number;
}

/**
 * The port of rates: a bucket of tokens per name, full at first and refilled evenly. Asynchronous, because buckets that several
 * processes share would be.
 */
export interface TokenBuckets {
  /** Takes a token. @returns 0, or the milliseconds until there is one */
  take(name: string, rate: Rate): Promise<number>;

  /** Looks only. @returns 0 if there is a token, or the milliseconds until there is one */
  wait(name: string, rate: Rate): Promise<number>;

  /** Takes a token, on credit if there is none. */
  charge(name: string, rate: Rate): Promise<void>;
}

const MINUTE_MS = 60_000;
const MAX_NAMES = 100_000;

/**
 * Buckets of this process. Our own, because the libraries count in windows that begin anew: twice the limit passes where two windows meet.
 * `rate-limiter-flexible` also keeps a timer per name and names without bound, on the wall clock; `@fastify/rate-limit` acts before
 * it is known which client asks.
 *
 * A bucket is one number, the instant at which it will be full again (the generic cell rate algorithm). The names are bounded: there are a
 * young and an old half, and the old one is dropped when the young one is full or a minute old. A bucket that nobody took from for a
 * minute is full (but for one deep in debt), so dropping it changes nothing; with more names in a minute than fit, some start full again.
 */
export class MemoryTokenBuckets implements TokenBuckets {
  private young = new Map<string, number>();
  private old = new Map<string, number>();
  private youngSince: number;

  /** @param monotonic milliseconds, never set back */
  constructor(
    private readonly monotonic: () => number = () => performance.now(),
    private readonly maxNames: number = MAX_NAMES,
  ) {
    this.youngSince = monotonic();
  }

  take(name: string, rate: Rate): Promise<number> {
    const now = this.monotonic();
    const fullAt = this.fullAt(name, now);
    const waitMs = waitOf(fullAt - now, rate);
    if (waitMs === 0) this.keep(name, fullAt + MINUTE_MS / rate.perMinute, now);
    return Promise.resolve(waitMs);
  }

  wait(name: string, rate: Rate): Promise<number> {
    const now = this.monotonic();
    return Promise.resolve(waitOf(this.fullAt(name, now) - now, rate));
  }

  charge(name: string, rate: Rate): Promise<void> {
    const now = this.monotonic();
    this.keep(name, this.fullAt(name, now) + MINUTE_MS / rate.perMinute, now);
    return Promise.resolve();
  }

  /** How many names are remembered, for tests. */
  get size(): number {
    return this.young.size + this.old.size;
  }

  private fullAt(name: string, now: number): number {
    return Math.max(this.young.get(name) ?? this.old.get(name) ?? 0, now);
  }

  private keep(name: string, fullAt: number, now: number): void {
    if (now - this.youngSince >= MINUTE_MS || this.young.size >= this.maxNames / 2) {
      this.old = this.young;
      this.young = new Map();
      this.youngSince = now;
    }
    this.young.set(name, fullAt);
  }
}

/** @param missingMs milliseconds of refilling that the bucket lacks */
const waitOf = (missingMs: number, { perMinute, burst }: Rate): number =>
  Math.max(0, missingMs - (MINUTE_MS / perMinute) * (burst - 1));
