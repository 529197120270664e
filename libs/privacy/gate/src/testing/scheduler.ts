import { turn, type VirtualClock } from './virtual-clock.js';

/** Seeded and repeatable (mulberry32). */
export class Chance {
  private state: number;

  constructor(seed: number) {
    this.state = seed >>> 0;
  }

  /** From 0 until below 1. */
  next(): number {
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let mixed = this.state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  happens(probability: number): boolean {
    return this.next() < probability;
  }

  /** A whole number from 0 until below `limit`. */
  below(limit: number): number {
    return Math.floor(this.next() * limit);
  }

  pick<T>(choices: readonly T[]): T {
    return choices[this.below(choices.length)] as T;
  }
}

interface Step {
  readonly notBefore: number;
  readonly go: () => void;
}

export interface Pace {
  /** How often time passes instead of a step. */
  readonly often: number;
  /** By how much at most, in milliseconds. */
  readonly most: number;
}

/** More steps than any run that makes progress takes. */
const MOST_STEPS = 20_000;

/**
 * Cooperative and seeded: whatever a test lets `park` goes on only when it is picked, one at a time, in an order that
 * the seed alone decides. Timers that are due are picked like any other step, so they may run late, and time passes in between.
 */
export class Scheduler {
  private readonly parked: Step[] = [];
  private working = 0;

  constructor(
    private readonly clock: VirtualClock,
    private readonly chance: Chance,
    private readonly pace: Pace,
  ) {}

  /** Resolves when this step is picked, after `delay` milliseconds at the earliest. */
  park(delay = 0): Promise<void> {
    return new Promise((go) => this.parked.push({ notBefore: this.clock.monotonic() + delay, go }));
  }

  /** Work that takes turns of its own: nothing else is picked before it has ended. */
  async work<T>(run: () => Promise<T>): Promise<T> {
    this.working += 1;
    try {
      return await run();
    } finally {
      this.working -= 1;
    }
  }

  /** Picks steps until nothing is left to pick. @throws Error the run does not come to an end */
  async run(): Promise<void> {
    for (let count = 0; count < MOST_STEPS; count += 1) {
      await turn();
      while (this.working > 0) await turn();
      if (!this.step()) return;
    }
    throw new Error('The run does not come to an end');
  }

  private step(): boolean {
    const now = this.clock.monotonic();
    const ready = this.parked.filter(({ notBefore }) => notBefore <= now);
    const due = this.clock.takeDue();
    if (ready.length + due.length === 0) return this.leap();
    if (this.chance.happens(this.pace.often)) {
      this.clock.pass(1 + this.chance.below(this.pace.most));
      return true;
    }
    const choice = this.chance.below(ready.length + due.length);
    const step = ready[choice];
    if (step === undefined) {
      due[choice - ready.length]?.();
    } else {
      this.parked.splice(this.parked.indexOf(step), 1);
      step.go();
    }
    return true;
  }

  /** Nothing can happen now: on to when something can. */
  private leap(): boolean {
    const times = this.parked.map(({ notBefore }) => notBefore);
    if (this.clock.nextTimer !== undefined) times.push(this.clock.nextTimer);
    if (times.length === 0) return false;
    this.clock.pass(Math.min(...times) - this.clock.monotonic());
    return true;
  }
}
