import {
  type AppendResult,
  type ExpectedRevision,
  type JsonObject,
  type EventMetadata,
  type NewEvent,
  type RecordedEvent,
} from './event-store.port.js';

/** A new event as it will be stored. Made when `append` is called, so that later changes by the caller have no effect. */
export interface EventText {
  readonly id: string;
  readonly type: string;
  readonly data: string;
  readonly metadata: string;
}

/** One call of `append`, checked and serialized. */
export interface AppendRequest {
  readonly stream: string;
  readonly expected: ExpectedRevision;
  readonly events: readonly EventText[];
}

/**
 * Checks and serializes an append.
 * @throws RangeError no events, an empty stream name, a negative revision, a type to pass over that is no word, or one event id twice
 * @throws TypeError an event without id or type, or data that JSON cannot hold
 */
export const appendRequest = (
  stream: string,
  expected: ExpectedRevision,
  events: readonly NewEvent[],
): AppendRequest => {
  if (stream === '') throw new RangeError('A stream needs a name');
  if (events.length === 0) throw new RangeError('An append needs at least one event');
  const revision = typeof expected === 'object' ? expected.after : expected;
  if (typeof revision === 'number' && !(Number.isSafeInteger(revision) && revision >= 0)) {
    throw new RangeError('An expected revision is a whole number from 0');
  }
  // Adapters write the types side by side, with spaces between.
  if (typeof expected === 'object' && !expected.over.every((type) => /^\S+$/.test(type))) {
    throw new RangeError('A type to pass over is a word');
  }
  if (events.length > 1 && new Set(events.map(({ id }) => id)).size < events.length) {
    throw new RangeError('The events of one append need different ids');
  }
  return {
    stream,
    expected: typeof expected === 'object' ? { after: expected.after, over: [...expected.over] } : expected,
    events: events.map(eventText),
  };
};

const eventText = ({ id, type, data, metadata }: NewEvent): EventText => {
  const text = { id, type, data: JSON.stringify(data), metadata: JSON.stringify(metadata) };
  // One event that the database cannot take would fail the whole group it is committed with.
  if (Object.values(text).some((part: unknown) => typeof part !== 'string')) {
    throw new TypeError('An event needs an id, a type, data and metadata');
  }
  return text;
};

/**
 * Places that an append which may pass over others loses to them before it is refused: whoever asked for it has a deadline, and may want to
 * look again. One collision is rare, so that is a long time.
 */
export const MOST_PASSES = 5;

/** Revision of the head that an exact expectation wants; -1 if the stream must be absent. */
export const wantedHead = (expected: number | 'none'): number => (expected === 'none' ? -1 : expected);

/** True if `stored` (in order of revision) are the very events of the request, which is then a repetition. */
export const sameEvents = (request: AppendRequest, stored: readonly { readonly id: string }[]): boolean =>
  stored.length === request.events.length &&
  request.events.every(({ id }, index) => stored[index]?.id === id);

export const resultOf = ({ revision, position, recordedAt }: RecordedEvent): AppendResult => ({
  revision,
  position,
  recordedAt,
});

export const parseData = (text: string): JsonObject => JSON.parse(text) as JsonObject;

export const parseMetadata = (text: string): EventMetadata => JSON.parse(text) as EventMetadata;

/** Freezes what several consumers share. Values that came out of `JSON.parse` have no cycles. */
export const freezeDeep = <T>(value: T): T => {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const part of Object.values(value)) freezeDeep(part);
  }
  return value;
};
