import type { DeadLetter } from './consumer-tables.js';

/** What a process needs of a consumer group, wherever that runs: on its own thread or on another. */
export interface RunningConsumer {
  readonly group: string;
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Has it handled everything that is there? */
  isCaughtUp(): boolean;
  /** Messages to handle, by partition; where that is known. */
  lag?(): ReadonlyMap<string, number> | undefined;
  /** How old what it handles now is, ms, if more is known to follow; else 0. Where that is known. */
  lateness?(): number | undefined;
  /** Oldest first. */
  deadLetters(): Promise<DeadLetter[]>;
  /** @returns how many succeeded, and how many remain */
  replayDeadLetters(): Promise<{ readonly replayed: number; readonly remaining: number }>;
}
