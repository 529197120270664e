import type { DataSource } from 'typeorm';
import type { SqlValue } from './sql-value.js';

export type EntityClass<E extends object> = new (...args: never[]) => E;

/**
 * The read-model database of one context. Rows are plain objects of the entity's shape, not instances of its class.
 */
export interface ReadModel {
  /**
   * One transaction on the only writing connection: transactions queue and never interleave, on PostgreSQL across
   * processes too. Committed when `fn` resolves, rolled back when it throws or one of its statements failed; the error
   * is passed on. Readers see it at once. Durable against a crash of the process; on SQLite a power cut can take the
   * last ones back as a whole, so keep checkpoints in the same transaction. Do not call `write` inside `fn`: it would
   * wait for itself.
   * @throws ReadOnlyReadModel opened with `readOnly`
   * @throws ReadModelClosed closed already
   * @throws ReadModelUnavailable the server is away: rolled back, or, if it went away at the commit, perhaps not
   */
  write<T>(fn: (tx: ReadModelTransaction) => Promise<T>): Promise<T>;

  /**
   * TypeORM on the read-only connection, for queries that are not hot. Leave no transaction open on it: it hides
   * later writes.
   */
  readonly queries: DataSource;

  /**
   * Hot path: a prepared statement on the read-only connection, cached by its text, so keep values out of it.
   * @param sql one SELECT with `?` placeholders that SQLite and PostgreSQL both understand; booleans come back as 0
   * or 1
   */
  select<Row extends object>(sql: string, parameters?: readonly SqlValue[]): Promise<Row[]>;

  /**
   * Clears what deleted and overwritten rows left, behind the queue of writes.
   *
   * On SQLite: in the write-ahead log. Deleted cells are overwritten at once (`secure_delete`), but pages that SQLite re-balanced can keep copies of
   * rows it moved (measured: 3 in 1,000 deleted rows). `rewrite` writes the whole file anew and removes those too; it
   * blocks for about 5 s per GB and takes the file's size in memory and on disk.
   *
   * On PostgreSQL: VACUUM, after which no query of any kind reaches them; `rewrite` is VACUUM FULL, which locks one
   * table after the other and removes their bytes from the tables' files. The server's log keeps bytes until it is recycled.
   *
   * @returns false when a reader made it busy, or an older transaction of the server keeps rows from removal: ask again later
   */
  scrub(options?: { readonly rewrite?: boolean }): Promise<boolean>;

  /** Waits for the writes that are queued; later calls are rejected. */
  close(): Promise<void>;
}

/**
 * Statements of one transaction; usable until its function settles. They see the transaction's own writes.
 * Columns hold `SqlValue`s; a boolean column gives booleans back.
 */
export interface ReadModelTransaction {
  /** Rows whose `column` is one of `values`, in no order. As in SQL, null equals nothing. */
  find<E extends object>(
    entity: EntityClass<E>,
    column: keyof E & string,
    values: readonly SqlValue[],
  ): Promise<E[]>;

  /**
   * Inserts the rows; one whose primary key is there already gets all other columns, or only `columns`, from the new
   * row. Of rows with the same key the later one wins.
   * @throws TypeError a column has no value, or one that is no `SqlValue`
   */
  upsert<E extends object>(
    entity: EntityClass<E>,
    rows: readonly E[],
    columns?: readonly (keyof E & string)[],
  ): Promise<void>;

  /** Inserts the rows whose primary key is not there yet. */
  insertIfAbsent<E extends object>(entity: EntityClass<E>, rows: readonly E[]): Promise<void>;

  /** Deletes the rows whose `column` is one of `values`. */
  remove<E extends object>(
    entity: EntityClass<E>,
    column: keyof E & string,
    values: readonly SqlValue[],
  ): Promise<void>;
}

/** `write` or `scrub` on a read model opened with `readOnly`. */
export class ReadOnlyReadModel extends Error {
  readonly code = 'READ_MODEL.READ_ONLY';
}

/** The read model was closed, or a transaction is used after its end. */
export class ReadModelClosed extends Error {
  readonly code = 'READ_MODEL.CLOSED';
}

/** The server of the read model is away, busy or out of room: the same may succeed later. */
export class ReadModelUnavailable extends Error {
  readonly code = 'READ_MODEL.UNAVAILABLE';
}

/** The server is set up so that no read model can be kept on it: no retry helps. */
export class ReadModelUnusable extends Error {
  readonly code = 'READ_MODEL.UNUSABLE';
}

/** Opened with `readOnly`, and the file or its schema is not there (yet): start the service that writes it. */
export class ReadModelNotReady extends Error {
  readonly code = 'READ_MODEL.NOT_READY';
}
