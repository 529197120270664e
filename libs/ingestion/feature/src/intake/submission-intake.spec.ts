import type { Caller } from '@registry/access';
import { createMemoryContentKeys, type ContentKeys, type KeyRing } from '@registry/content-keys';
import { submissionStream, type SubmissionContent } from '@registry/contracts';
import { createMemoryEventStore, type EventStore } from '@registry/event-store';
import fc from 'fast-check';
import { submissionIdOf, type SubmissionName } from './submission-id.js';
import { SubmissionIntake } from './submission-intake.js';
import { written } from './written-content.js';

const KEYS = { current: () => ({ version: 1, key: Buffer.alloc(32, 7) }) } as unknown as KeyRing;
const CALLER: Caller = { clientId: 'c', organizationId: 'o', roles: ['submitter'], processingIds: ['P'] };
const NAME: SubmissionName = { clientId: 'c', facility: 'LAKE', controlId: '1' };

const contentOf = (number: number): SubmissionContent => ({
  contentVersion: 1,
  kind: 'vxu',
  raw: `message ${number}`,
  demographics: {
    identifiers: [],
    names: [],
    birthDate: '2020-01-01',
    addresses: [],
    phones: [],
    guardians: [],
  },
  doses: [],
  indications: [],
});

const content = (number: number) => written(contentOf(number));

/** Counts what is asked of the store. */
const counting = (inner: EventStore) => {
  const calls = { append: 0, heads: 0 };
  const store: EventStore = {
    append: (...args) => {
      calls.append += 1;
      return inner.append(...args);
    },
    heads: (streams) => {
      calls.heads += 1;
      return inner.heads(streams);
    },
    read: (...args) => inner.read(...args),
    readAll: (...args) => inner.readAll(...args),
    subscribe: (...args) => inner.subscribe(...args),
    comparePositions: (...args) => inner.comparePositions(...args),
    close: () => inner.close(),
  };
  return { store, calls };
};

describe('What comes in under a name that was used before', () => {
  let store: EventStore;
  let keys: ContentKeys;

  beforeEach(() => {
    store = createMemoryEventStore();
    keys = createMemoryContentKeys();
  });

  const intake = (on = store) => new SubmissionIntake(on, keys, KEYS);
  const stored = async () => (await store.readAll({ limit: 1_000 })).events.length;

  it('is stored once for each content, whoever asks, in whatever order, and after any restart', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.record({
            contents: fc.array(fc.nat({ max: 40 }), { minLength: 1, maxLength: 6 }),
            restarted: fc.boolean(),
          }),
          { minLength: 1, maxLength: 25 },
        ),
        async (steps) => {
          store = createMemoryEventStore();
          keys = createMemoryContentKeys();
          const seen = new Set<number>();
          let process = intake();
          for (const { contents, restarted } of steps) {
            if (restarted) process = intake();
            // All at once, so that the same content can be under way twice.
            const answers = await Promise.all(
              contents.map((number) => process.keep(NAME, content(number), CALLER)),
            );
            for (const number of contents) seen.add(number);
            if (contents.length === 1 && seen.size === 1) expect(answers).toEqual([{ reused: false }]);
            expect(await stored()).toBe(seen.size);
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  it('costs the thousandth content no more than the tenth', async () => {
    const { store: counted, calls } = counting(store);
    const process = intake(counted);
    for (let number = 0; number < 1_000; number += 1) await process.keep(NAME, content(number), CALLER);
    expect(await stored()).toBe(1_000);
    // The second content finds the first in its place.
    expect(calls).toEqual({ append: 1_001, heads: 2 });
    await process.keep(NAME, content(500), CALLER);
    expect(calls.append).toBe(1_002);
    const restarted = intake(counted);
    await restarted.keep(NAME, content(999), CALLER);
    expect(await stored()).toBe(1_000);
    expect(calls.append).toBe(1_004);
    expect(calls.heads).toBeLessThan(12);
  });

  it('is another submission where what came before was destroyed, and nothing is written over', async () => {
    const process = intake();
    for (const number of [0, 1, 2]) await process.keep(NAME, content(number), CALLER);
    await keys.destroy([submissionStream(submissionIdOf(KEYS, NAME, 1))]);
    for (const each of [process, intake()]) await each.keep(NAME, content(1), CALLER);
    expect(await stored()).toBe(4);
    expect(await store.heads([submissionStream(submissionIdOf(KEYS, NAME, 3))])).toEqual([expect.anything()]);
  });

  it('finds its place though two processes that do not know of each other write', async () => {
    const [one, two] = [intake(), intake()];
    for (let number = 0; number < 20; number += 1)
      await (number % 3 === 0 ? one : two).keep(NAME, content(number), CALLER);
    for (let number = 0; number < 20; number += 1) await intake().keep(NAME, content(number), CALLER);
    expect(await stored()).toBe(20);
  });
});
