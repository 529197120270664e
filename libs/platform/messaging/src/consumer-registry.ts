import type { DeadLetter } from './consumer-tables.js';
import type { RunningConsumer } from './running-consumer.js';

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
