import fc from 'fast-check';
import {
  type EventStore,
  type ExpectedRevision,
  type RecordedEvent,
  RevisionConflict,
} from './event-store.port.js';
import { newEvent, readable } from './event-store.contract.js';

type Command =
  | {
      readonly kind: 'append';
      readonly stream: string;
      readonly expected: 'none' | 'any' | number;
      /** Of a number: may it pass over events of type `Passed`? */
      readonly passing: boolean;
      readonly type: 'Happened' | 'Passed';
      readonly count: number;
    }
  | { readonly kind: 'repeat'; readonly which: number; readonly anyway: boolean };

interface Append {
  readonly stream: string;
  readonly expected: ExpectedRevision;
  readonly ids: readonly string[];
}

type Answer = { readonly revision: number } | { readonly conflict: number | undefined };

/** `<type>/…` */
const typeOf = (id: string): string => id.split('/')[0] ?? '';

/** The trivial store: a list of event ids per stream. */
class Model {
  readonly streams = new Map<string, string[]>();
  readonly log: string[] = [];

  append({ stream, expected, ids }: Append): Answer {
    const there = this.streams.get(stream) ?? [];
    const head = there.length - 1;
    const conflict = { conflict: head < 0 ? undefined : head };
    if (typeof expected === 'object') {
      const since = there.slice(expected.after + 1);
      if (head < expected.after || !since.every((id) => expected.over.includes(typeOf(id)))) return conflict;
    } else if (expected === 'any') {
      const known = ids.filter((id) => there.includes(id));
      if (known.length === ids.length) return { revision: there.indexOf(ids.at(-1) ?? '') };
      if (known.length > 0) return conflict;
    } else {
      const wanted = expected === 'none' ? -1 : expected;
      if (wanted !== head) {
        const same = ids.every((id, index) => there[wanted + 1 + index] === id);
        return same ? { revision: wanted + ids.length } : conflict;
      }
    }
    this.streams.set(stream, [...there, ...ids]);
    this.log.push(...ids);
    return { revision: head + ids.length };
  }
}

const stream = fc.constantFrom('a-1', 'a-2', 'b-1');

const command: fc.Arbitrary<Command> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('append' as const),
      stream,
      expected: fc.oneof(
        fc.constant('none' as const),
        fc.constant('any' as const),
        // Where the head is, and near it: relative to the head when the command runs.
        fc.integer({ min: -2, max: 1 }),
        fc.constant(0),
        fc.constant(0),
      ),
      passing: fc.boolean(),
      type: fc.constantFrom('Happened' as const, 'Passed' as const),
      count: fc.integer({ min: 1, max: 3 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('repeat' as const), which: fc.nat(), anyway: fc.boolean() }),
  },
);

const ask = async (store: EventStore, { stream: name, expected, ids }: Append): Promise<Answer> => {
  try {
    const events = ids.map((id) => ({ ...newEvent(typeOf(id)), id }));
    return { revision: (await store.append(name, expected, events)).revision };
  } catch (error) {
    if (error instanceof RevisionConflict) return { conflict: error.actual };
    throw error;
  }
};

const idsOf = (events: readonly RecordedEvent[]): string[] => events.map(({ id }) => id);

/**
 * Any sequence of appends and repeated appends, sent one by one or many at once, answers and leaves what the trivial
 * store does.
 */
export const describeEventStoreModel = (
  name: string,
  open: () => Promise<{ readonly store: EventStore; readonly remove?: () => void }>,
): void => {
  it(`${name} behaves like a list per stream`, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(command, { maxLength: 40 }), fc.boolean(), async (commands, together) => {
        const { store, remove } = await open();
        try {
          const model = new Model();
          const made: Append[] = [];
          const answers: { readonly asked: Promise<Answer>; readonly expected: Answer }[] = [];
          commands.forEach((next, number) => {
            let append: Append | undefined;
            if (next.kind === 'append') {
              const head = (model.streams.get(next.stream)?.length ?? 0) - 1;
              const ids = Array.from({ length: next.count }, (_, index) => `${next.type}/${number}/${index}`);
              if (typeof next.expected === 'string') append = { ...next, expected: next.expected, ids };
              else if (head + next.expected >= 0) {
                const after = head + next.expected;
                append = { ...next, expected: next.passing ? { after, over: ['Passed'] } : after, ids };
              }
            } else {
              const earlier = made[next.which % Math.max(1, made.length)];
              append = earlier && { ...earlier, expected: next.anyway ? 'any' : earlier.expected };
              // Not recognized, and never done.
              if (typeof append?.expected === 'object') return;
            }
            if (append === undefined) return;
            made.push(append);
            const before = answers.at(-1)?.asked;
            const current = append;
            const asked = together || !before ? ask(store, current) : before.then(() => ask(store, current));
            answers.push({ asked, expected: model.append(append) });
          });
          for (const { asked, expected } of answers) expect(await asked).toStrictEqual(expected);
          for (const [key, ids] of model.streams) expect(idsOf(await store.read(key))).toStrictEqual(ids);
          expect(idsOf(await readable(store, model.log.length))).toStrictEqual(model.log);
        } finally {
          await store.close();
          remove?.();
        }
      }),
      {
        numRuns: 60,
        examples: [
          // One event at two revisions: whoever asks for it again is told the first.
          [
            [
              { kind: 'append', stream: 'a-1', expected: 1, passing: false, type: 'Happened', count: 1 },
              { kind: 'repeat', which: 0, anyway: true },
              { kind: 'repeat', which: 0, anyway: false },
              { kind: 'repeat', which: 0, anyway: true },
            ],
            false,
          ],
        ],
      },
    );
    // Sixty stores are opened and closed, whatever the machine is.
  }, 60_000);
};

/** Sends one append after another: for this suite, which compares the order of the log across streams, which no store on a network promises. */
export const inOrderAsked = (store: EventStore): EventStore => {
  let before: Promise<unknown> = Promise.resolve();
  return {
    append: (...append) => {
      const result = before.then(() => store.append(...append));
      before = result.catch(() => undefined);
      return result;
    },
    read: async (...read) => {
      await before;
      return store.read(...read);
    },
    heads: (streams) => store.heads(streams),
    readAll: (options) => store.readAll(options),
    subscribe: (options) => store.subscribe(options),
    comparePositions: (a, b) => store.comparePositions(a, b),
    close: () => store.close(),
  };
};
