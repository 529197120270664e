import type { SourceCode } from './source.js';

/** What the code tables and the schedule say of vaccines. Looked-up facts come in: a domain holds no tables. */
export interface VaccineFacts {
  /** Undefined: the tables do not have the code. */
  cvxOf(system: SourceCode['system'], code: string): string | undefined;
  /** Empty: none is known. */
  antigensOf(cvx: string): readonly string[];
  /** The smallest interval that any schedule wants between two doses; undefined: none has one. */
  minimumIntervalDays(cvx: string): number | undefined;
}
