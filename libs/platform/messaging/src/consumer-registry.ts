import { setTimeout as delay } from 'node:timers/promises';
import type { DeadLetter } from './consumer-tables.js';
import type { RunningConsumer } from './running-consumer.js';

/** Later than this, consumers cost more: they read from the store what was in memory before. */
const LATE_MS = 300;
/** How long work that can wait does so at a time, ms: consumers that are stuck, or project everything anew, hold it up and do not stop it. */
const PATIENCE_MS = 1_000;
const LOOK_EVERY_MS = 10;

/** All consumers of a process: started together, stopped together, their dead letters in one place. */
export class ConsumerRegistry {
  private readonly consumers = new Map<string, RunningConsumer>();

  add(...consumers: readonly RunningConsumer[]): void {
    for (const consumer of consumers) {
      if (this.consumers.has(consumer.group)) throw new Error(`Two consumers of group ${consumer.group}`);
      this.consumers.set(consumer.group, consumer);
    }
  }

  async startAll(): Promise<void> {
    for (const consumer of this.consumers.values()) await consumer.start();
  }

  async stopAll(): Promise<void> {
    await Promise.all([...this.consumers.values()].map((consumer) => consumer.stop()));
  }

  groups(): string[] {
    return [...this.consumers.keys()];
  }

  /** Groups that have not handled everything that is there. */
  behind(): string[] {
    return [...this.consumers.values()]
      .filter((consumer) => !consumer.isCaughtUp())
      .map((consumer) => consumer.group);
  }

  /** Messages to handle by group and partition, of groups that know. */
  lag(): ReadonlyMap<string, ReadonlyMap<string, number>> {
    return new Map(
      [...this.consumers].flatMap(([group, consumer]) => {
        const lag = consumer.lag?.();
        return lag === undefined ? [] : [[group, lag] as const];
      }),
    );
  }

  /**
   * For work that can wait, such as the messages of a large batch, between two parts of it: lets others in, and waits while a group is late.
   * Taken no faster than it is made use of, more is done in all.
   */
  async whileLate(): Promise<void> {
    const deadline = performance.now() + PATIENCE_MS;
    do await delay(this.isLate() ? LOOK_EVERY_MS : 0);
    while (this.isLate() && performance.now() < deadline);
  }

  private isLate(): boolean {
    for (const lateness of this.lateness().values()) if (lateness > LATE_MS) return true;
    return false;
  }

  /** How late each group is, ms, of groups that can tell. */
  lateness(): ReadonlyMap<string, number> {
    const lateness = new Map<string, number>();
    for (const [group, consumer] of this.consumers) {
      const late = consumer.lateness?.();
      if (late !== undefined) lateness.set(group, late);
    }
    return lateness;
  }

  async deadLetters(): Promise<DeadLetter[]> {
    return (await Promise.all([...this.consumers.values()].map((consumer) => consumer.deadLetters()))).flat();
  }

  /** Undefined: there is no such group. */
  replayDeadLetters(
    group: string,
  ): Promise<{ readonly replayed: number; readonly remaining: number }> | undefined {
    return this.consumers.get(group)?.replayDeadLetters();
  }
}
