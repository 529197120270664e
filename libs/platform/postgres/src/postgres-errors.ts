import { DatabaseError } from 'pg';

/**
 * The server refused a statement for what it says. It names places only: PostgreSQL's own text and detail quote the
 * values of a row, and values are person data.
 */
export class PostgresRefused extends Error {
  /** SQLSTATE, as `23502`. */
  readonly code: string;

  constructor(error: DatabaseError) {
    const code = error.code ?? 'XX000';
    const place = [error.table, error.column, error.constraint]
      .filter((each) => each !== undefined)
      .join(' ');
    // Class 42 is about the statement's text, which holds no values.
    super(`PostgreSQL refused a statement (${code}) ${code.startsWith('42') ? error.message : place}`.trim());
    this.code = code;
  }
}

/** The connection is of no use any more, and with it the answer may be lost: SQLSTATE classes 08 and 57P, or no SQLSTATE at all. */
export const isLostConnection = (error: unknown): boolean =>
  error instanceof DatabaseError
    ? ['FATAL', 'PANIC'].includes(error.severity ?? '') ||
      /^(08|57P)/.test(error.code ?? '08') ||
      isOnStandby(error)
    : !isUnreadable(error);

/** The session is on a server that became, or still is, a standby: nothing was written. */
export const isOnStandby = (error: unknown): boolean =>
  error instanceof DatabaseError && error.code === '25006';

/** A value came that its column's parser refuses. */
export const isUnreadable = (error: unknown): boolean => error instanceof RangeError;

/**
 * No fault of the statement: the server is away, out of room or connections (53), asked to stop (57), at odds with its
 * disk (58, XX), or rolled back for others (40, 55P03); or it has the tables of a later version of this program (42703), which is about to
 * take over. It may succeed later.
 */
export const isAway = (error: unknown): boolean =>
  isLostConnection(error) || /^(40|42703|53|55P03|57|58|XX)/.test((error as DatabaseError).code ?? '');

/** The server did not answer in time: what it does is not known, and asking again at once makes it no better. */
export const isTimeout = (error: unknown): boolean =>
  error instanceof Error && error.message === 'Query read timeout';

/** A prepared statement gives other columns since somebody migrated the schema: a new connection prepares it anew. */
export const isStalePlan = (error: unknown): boolean =>
  error instanceof DatabaseError && error.code === '0A000' && /cached plan/.test(error.message);

/** Rolled back for another transaction, which is done by now: a deadlock, or a serialization failure. */
export const isContention = (error: unknown): boolean =>
  error instanceof DatabaseError && (error.code === '40P01' || error.code === '40001');
