/** An event as the fake server keeps it: data and metadata are what the client sent, parsed. */
export interface BackedEvent {
  readonly id: string;
  readonly type: string;
  readonly data: object;
  readonly metadata: object;
  readonly stream: string;
  readonly revision: number;
  /** A decimal number. */
  readonly position: string;
  /** ISO-8601 UTC. */
  readonly recordedAt: string;
}

export type BackedExpectation = number | 'none' | 'any';

/**
 * What the fake keeps its events in: in practice the event store on SQLite, which fits this shape. It is described
 * here and not imported, so that the event store's own suites can use the fake without a circle of libraries.
 * `append` refuses with an error of `code` STORE.REVISION_CONFLICT and the head's revision as `actual`.
 */
export interface BackingStore {
  append(
    stream: string,
    expected: BackedExpectation,
    events: readonly {
      readonly id: string;
      readonly type: string;
      readonly data: object;
      readonly metadata: object;
    }[],
  ): Promise<{ readonly revision: number; readonly position: string }>;
  read(
    stream: string,
    options?: {
      readonly from?: number;
      readonly direction?: 'forwards' | 'backwards';
      readonly limit?: number;
    },
  ): Promise<readonly BackedEvent[]>;
  readAll(options?: { readonly after?: string | undefined; readonly limit?: number }): Promise<BackedPage>;
  subscribe(options: {
    readonly after?: string | undefined;
    readonly limit?: number;
    readonly signal: AbortSignal;
  }): AsyncIterable<BackedPage>;
}

export interface BackedPage {
  readonly events: readonly BackedEvent[];
  readonly position: string | undefined;
  readonly caughtUp: boolean;
}

/** The head's revision of a refused append, undefined for an absent stream; null if the error is no such refusal. */
export const conflictOf = (error: unknown): { readonly actual: number | undefined } | null =>
  error instanceof Error && 'code' in error && error.code === 'STORE.REVISION_CONFLICT' && 'actual' in error
    ? { actual: typeof error.actual === 'number' ? error.actual : undefined }
    : null;
