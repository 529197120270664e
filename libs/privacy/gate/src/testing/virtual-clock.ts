import type { GateClock } from '../gate-clock.js';

const START = Date.parse('2026-03-01T12:00:00.000Z');

interface Timer {
  readonly at: number;
  readonly action: () => void;
}

/** Lets everything go on that waits for nothing but its turn. */
export const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Time that passes only when a test says so. Several processes share one, each with a view of its own. */
export class VirtualClock implements GateClock {
  private readonly timers = new Set<Timer>();
  private time = 0;
  private underWay = 0;

  monotonic(): number {
    return this.time;
  }

  now(): Date {
    return new Date(START + this.time);
  }

  after(milliseconds: number, action: () => void): () => void {
    const timer = { at: this.time + milliseconds, action };
    this.timers.add(timer);
    return () => this.timers.delete(timer);
  }

  /** What another process sees: its clocks started elsewhere, and its wall clock is not quite right. */
  view(ahead: number, wallAhead: number): GateClock {
    return {
      monotonic: () => this.time + ahead,
      now: () => new Date(START + this.time + wallAhead),
      after: (milliseconds, action) => this.after(milliseconds, action),
    };
  }

  /** When the next timer is due; undefined if there is none. */
  get nextTimer(): number | undefined {
    let next: number | undefined;
    for (const { at } of this.timers) if (next === undefined || at < next) next = at;
    return next;
  }

  /** Time passes and no timer runs yet, as in a process that is busy. */
  pass(milliseconds: number): void {
    this.time += milliseconds;
  }

  /** Timers whose time has come, which a caller may run in any order and at any later time. */
  takeDue(): (() => void)[] {
    const due = [...this.timers].filter(({ at }) => at <= this.time).sort((a, b) => a.at - b.at);
    return due.map((timer) => () => {
      if (this.timers.delete(timer)) timer.action();
    });
  }

  /** Work that takes turns of its own and no time. */
  async work<T>(run: () => Promise<T>): Promise<T> {
    this.underWay += 1;
    try {
      return await run();
    } finally {
      this.underWay -= 1;
    }
  }

  /** Everything happens that waits for no timer. */
  async settle(): Promise<void> {
    for (let idle = 0; idle < 2; idle = this.underWay === 0 ? idle + 1 : 0) await turn();
  }

  /** Time passes, each timer runs when it is due, and what follows from it happens. */
  async advance(milliseconds: number): Promise<void> {
    const until = this.time + milliseconds;
    await this.settle();
    for (let next = this.nextTimer; next !== undefined && next <= until; next = this.nextTimer) {
      this.time = Math.max(this.time, next);
      this.takeDue()[0]?.();
      await this.settle();
    }
    this.time = Math.max(this.time, until);
    await this.settle();
  }
}
