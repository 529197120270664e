import { randomUUID } from 'node:crypto';
import {
  type AllPage,
  type EventStore,
  type NewEvent,
  type ReadAllOptions,
  type RecordedEvent,
  RevisionConflict,
} from '../event-store.port.js';

/**
 * A store that looks fresh on a server that others used before: its streams have a prefix, its log begins at a
 * mark and leaves out what is not its own.
 */
export const onSharedServer = async (store: EventStore, prefix: string): Promise<EventStore> => {
  // A mark of its own is found at once, the end of a long log is not.
  const { position: beginning } = await store.append(`${prefix}-mark`, 'none', [mark()]);
  const own = (event: RecordedEvent): RecordedEvent => ({
    ...event,
    stream: event.stream.slice(prefix.length),
  });
  const outside = ({ after, categories, ...rest }: ReadAllOptions): ReadAllOptions => ({
    ...rest,
    after: after ?? beginning,
    ...(categories && { categories: categories.map((category) => prefix + category) }),
  });
  const inside = (page: AllPage): AllPage => ({
    events: page.events.filter(({ stream }) => stream.startsWith(prefix)).map(own),
    position: page.position === beginning ? undefined : page.position,
    caughtUp: page.caughtUp,
  });
  return {
    append: async (stream, expected, events) => {
      try {
        return await store.append(stream && prefix + stream, expected, events);
      } catch (error) {
        throw error instanceof RevisionConflict
          ? new RevisionConflict(stream, error.expected, error.actual)
          : error;
      }
    },
    read: async (stream, options) => (await store.read(prefix + stream, options)).map(own),
    heads: async (streams) =>
      (await store.heads(streams.map((stream) => prefix + stream))).map((head) => head && own(head)),
    readAll: async (options = {}) => inside(await store.readAll(outside(options))),
    subscribe: async function* ({ signal, ...options }) {
      for await (const page of store.subscribe({ ...outside(options), signal })) yield inside(page);
    },
    comparePositions: (a, b) => store.comparePositions(a, b),
    close: () => store.close(),
  };
};

const mark = (): NewEvent => ({
  id: randomUUID(),
  type: 'Marked',
  data: {},
  metadata: { schemaVersion: 1 },
});
