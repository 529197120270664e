/**
 * The event store port: facts are appended here and nowhere else (docs/adr/0002-event-store-port.md).
 *
 * Shapes: stream names are `<category>-<rest>`; the category is the text before the first `-`.
 * Revisions count from 0 within a stream. Positions are opaque: they are good for resuming and for
 * `comparePositions`, nothing else; commit order is promised per stream only.
 */

export type JsonValue =
  string | number | boolean | null | readonly JsonValue[] | { readonly [key: string]: JsonValue | undefined };
export type JsonObject = { readonly [key: string]: JsonValue | undefined };

export interface EventMetadata extends JsonObject {
  readonly schemaVersion: number;
  readonly correlationId?: string;
  readonly causationId?: string;
  /** Who did it: a client id, a group name of a reactor, never a person's name. */
  readonly actor?: string;
}

export interface NewEvent {
  /** UUID. A retry of the same append must carry the same ids. */
  readonly id: string;
  readonly type: string;
  readonly data: JsonObject;
  readonly metadata: EventMetadata;
}

/** Opaque place in the store's log. */
export type Position = string & { readonly __brand: 'Position' };

export interface RecordedEvent extends NewEvent {
  readonly stream: string;
  readonly revision: number;
  readonly position: Position;
  /** ISO-8601 UTC, set by the store; never decreases within a stream. */
  readonly recordedAt: string;
}

/**
 * What stood at the head when the append was decided on, and what may have come since: any number of events of the types in `over`, with
 * which what is appended has no quarrel. Who is slower than others then still gets his turn (docs/adr/0021-disclosures-pass-disclosures.md).
 * A repeated append is not recognized: one of unknown outcome must not be tried again.
 */
export interface PassingOver {
  readonly after: number;
  readonly over: readonly string[];
}

/**
 * A number: the stream's head must be exactly this revision. `'none'`: the stream must not exist.
 * `'any'`: journals only, where order between writers has no meaning.
 */
export type ExpectedRevision = number | 'none' | 'any' | PassingOver;

export interface AppendResult {
  /** Revision of the last event appended. */
  readonly revision: number;
  readonly position: Position;
  /** ISO-8601 UTC of the last event appended. */
  readonly recordedAt: string;
}

export interface ReadOptions {
  /** First revision to return; default the stream's start (forwards) or head (backwards). */
  readonly from?: number;
  readonly direction?: 'forwards' | 'backwards';
  /** Default 1000. */
  readonly limit?: number;
}

export interface AllPage {
  /** In log order. */
  readonly events: readonly RecordedEvent[];
  /** Where to go on from: everything up to here was looked at, also what the filter left out. */
  readonly position: Position | undefined;
  /** True if nothing that is readable now follows. */
  readonly caughtUp: boolean;
}

export interface ReadAllOptions {
  /** Exclusive; default from the start. */
  readonly after?: Position | undefined;
  /** At most this many events in the page; default 500. */
  readonly limit?: number;
  /** Stream categories to return; default all. */
  readonly categories?: readonly string[];
}

export interface SubscribeOptions extends ReadAllOptions {
  /** Ends the iteration: the pending `next` resolves as done. */
  readonly signal: AbortSignal;
}

export interface EventStore {
  /**
   * Appends all events or none; resolves when they are durable.
   * An append repeated with the same event ids at the same expected revision answers as it did the first time,
   * also when the stream has moved on since (but see `PassingOver`).
   * @throws RevisionConflict the stream's head is not what was expected, or others kept taking the place of one that may pass over them
   * @throws AppendOutcomeUnknown the store went away while the append was under way: it may or may not stand
   * @throws StoreUnavailable nothing was appended
   */
  append(stream: string, expected: ExpectedRevision, events: readonly NewEvent[]): Promise<AppendResult>;

  /** Events of one stream; an absent stream has none. @throws StoreUnavailable */
  read(stream: string, options?: ReadOptions): Promise<RecordedEvent[]>;

  /** The last event of each stream, read from the authoritative store in one call, in the order asked. @throws StoreUnavailable */
  heads(streams: readonly string[]): Promise<(RecordedEvent | undefined)[]>;

  /** One page of the whole log. @throws StoreUnavailable */
  readAll(options?: ReadAllOptions): Promise<AllPage>;

  /**
   * Live catch-up subscription: pages from `after` on, for ever, missing nothing; a page is yielded when it has events,
   * when the position moved on a good deal without any, or to say that the subscriber has caught up. Survives a store that goes away and comes back.
   */
  subscribe(options: SubscribeOptions): AsyncIterable<AllPage>;

  /** Negative if `a` comes before `b` in log order. */
  comparePositions(a: Position, b: Position): number;

  close(): Promise<void>;
}

export const EVENT_STORE = Symbol('EventStore');

/** `privacy-1234` → `privacy`. */
export const categoryOf = (stream: string): string => {
  const dash = stream.indexOf('-');
  return dash < 0 ? stream : stream.slice(0, dash);
};

export class RevisionConflict extends Error {
  readonly code = 'STORE.REVISION_CONFLICT';
  constructor(
    readonly stream: string,
    readonly expected: ExpectedRevision,
    /** The head's revision, or undefined if the stream does not exist. */
    readonly actual: number | undefined,
  ) {
    const wanted =
      typeof expected === 'object'
        ? `${expected.after} and no others since than ${expected.over.join(', ')}`
        : expected;
    super(`Stream is at ${actual ?? 'none'}, expected ${wanted}`);
  }
}

export class AppendOutcomeUnknown extends Error {
  readonly code = 'STORE.OUTCOME_UNKNOWN';
}

export class StoreUnavailable extends Error {
  readonly code = 'STORE.UNAVAILABLE';
}
