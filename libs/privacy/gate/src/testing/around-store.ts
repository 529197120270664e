import type { EventStore, ExpectedRevision, NewEvent, ReadOptions } from '@registry/event-store';

/** One call to the event store, as a wrapper sees it. */
export type StoreCall =
  | {
      readonly method: 'append';
      readonly stream: string;
      readonly expected: ExpectedRevision;
      readonly events: readonly NewEvent[];
    }
  | { readonly method: 'read'; readonly stream: string; readonly options: ReadOptions | undefined }
  | { readonly method: 'heads'; readonly streams: readonly string[] };

/** Does something before, after or instead of a call: `run` makes the call itself. */
export type Around = <T>(call: StoreCall, run: () => Promise<T>) => Promise<T>;

/** A store whose calls go through `around`. */
export const aroundStore = (inner: EventStore, around: Around): EventStore => ({
  append: (stream, expected, events) =>
    around({ method: 'append', stream, expected, events }, () => inner.append(stream, expected, events)),
  read: (stream, options) => around({ method: 'read', stream, options }, () => inner.read(stream, options)),
  heads: (streams) => around({ method: 'heads', streams }, () => inner.heads(streams)),
  readAll: (options) => inner.readAll(options),
  subscribe: (options) => inner.subscribe(options),
  comparePositions: (a, b) => inner.comparePositions(a, b),
  close: () => inner.close(),
});

/** Does this call write or read for a disclosure or a setting, or is it a journal's? */
export const isJournalAppend = (call: StoreCall): boolean =>
  call.method === 'append' && call.stream.startsWith('inquiries-');

export const isDisclosure = (call: StoreCall): boolean =>
  call.method === 'append' && call.events[0]?.type === 'RecordDisclosed';
