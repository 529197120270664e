import { categoryOf, type EventStore } from '@registry/event-store';
import { currentTraceparent, inSpan } from '@registry/observability';

/** Appends as spans; each event says which trace it came from, so that whoever follows it goes on with that. */
export const tracedEventStore = (store: EventStore): EventStore => ({
  append: (stream, expected, events) =>
    inSpan(`append ${categoryOf(stream)}`, {}, () => {
      const traceparent = currentTraceparent();
      return store.append(
        stream,
        expected,
        traceparent === undefined
          ? events
          : events.map((event) => ({ ...event, metadata: { ...event.metadata, traceparent } })),
      );
    }),
  read: (stream, options) => store.read(stream, options),
  heads: (streams) => store.heads(streams),
  readAll: (options) => store.readAll(options),
  subscribe: (options) => store.subscribe(options),
  comparePositions: (a, b) => store.comparePositions(a, b),
  close: () => store.close(),
});
