import { randomUUID } from 'node:crypto';
import {
  type AllPage,
  type EventStore,
  type NewEvent,
  type PassingOver,
  type Position,
  type RecordedEvent,
  RevisionConflict,
  StoreUnavailable,
} from './event-store.port.js';

/** How the suite gets at one kind of store. */
export interface EventStoreFixture {
  /** An empty store; `now` is honoured by stores that take their time from this process. */
  readonly open: (now?: () => Date) => Promise<EventStore>;
  /** The same store opened again after it was closed; absent if it does not outlive its process. */
  readonly reopen?: () => Promise<EventStore>;
  /** Breaks the connection under the open store, which must recover; absent if there is none. */
  readonly interrupt?: () => Promise<void>;
  /** Removes what `open` made; absent if nothing need be. */
  readonly remove?: () => void;
}

export const newEvent = (type = 'Happened', data: NewEvent['data'] = { value: 1 }): NewEvent => ({
  id: randomUUID(),
  type,
  data,
  metadata: { schemaVersion: 1, correlationId: 'correlation' },
});

export const newEvents = (count: number): NewEvent[] =>
  Array.from({ length: count }, (_, index) => newEvent('Happened', { index }));

/** Reads a subscription until `enough` of what it has seen, then ends it. */
export const collect = async (
  store: EventStore,
  options: { after?: Position | undefined; categories?: readonly string[]; limit?: number },
  enough: (seen: readonly RecordedEvent[], page: AllPage) => boolean,
): Promise<RecordedEvent[]> => {
  const stop = new AbortController();
  const seen: RecordedEvent[] = [];
  for await (const page of store.subscribe({ ...options, signal: stop.signal })) {
    seen.push(...page.events);
    if (enough(seen, page)) stop.abort();
  }
  return seen;
};

/** Defines a test only for adapters that have what it is about: a skipped one would say that something is missing. */
const whenIt = (applies: boolean): typeof it => (applies ? it : ((() => undefined) as unknown as typeof it));

/** What a subscription to an empty store says first: there is nothing to catch up with. */
const NOTHING_YET = { done: false, value: { events: [], position: undefined, caughtUp: true } };

const everything = async (store: EventStore, categories?: readonly string[]): Promise<RecordedEvent[]> => {
  const events: RecordedEvent[] = [];
  let after: Position | undefined;
  for (;;) {
    const page = await store.readAll({ after, limit: 7, ...(categories && { categories }) });
    events.push(...page.events);
    after = page.position;
    if (page.caughtUp) return events;
  }
};

const idsOf = (events: readonly { readonly id: string }[]): string[] => events.map(({ id }) => id);

/** Waits until everything appended so far is readable in the log: at once in some stores, soon in others. */
export const readable = async (store: EventStore, count: number): Promise<RecordedEvent[]> =>
  collect(store, {}, (seen) => seen.length >= count);

/** What every event store must do (docs/adr/0002-event-store-port.md). */
export const describeEventStoreContract = (name: string, fixture: () => EventStoreFixture): void => {
  describe(`${name} as an event store`, () => {
    // Only to know what this kind of store can do: a fixture does nothing before it is opened.
    const { interrupt: canInterrupt, reopen: canReopen } = fixture();
    let stores: EventStoreFixture;
    let store: EventStore;

    beforeEach(async () => {
      stores = fixture();
      store = await stores.open();
    });

    afterEach(async () => {
      await store.close();
      stores.remove?.();
    });

    describe('append', () => {
      it('creates a stream where none is expected and goes on at exact revisions', async () => {
        const [first, second, third] = [
          newEvent('Opened'),
          newEvent('Locked', { only: null }),
          newEvent('Unlocked'),
        ];
        const opened = await store.append('privacy-1', 'none', [first]);
        const moved = await store.append('privacy-1', 0, [second, third]);
        expect([opened.revision, moved.revision]).toStrictEqual([0, 2]);

        const events = await store.read('privacy-1');
        expect(events.map(({ revision }) => revision)).toStrictEqual([0, 1, 2]);
        expect(events[1]).toMatchObject({ ...second, stream: 'privacy-1' });
        expect(events[2]).toMatchObject({ position: moved.position, recordedAt: moved.recordedAt });
        expect(events[0]?.recordedAt).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
      });

      it.each([
        ['none', 2],
        [0, 2],
        [1, 2],
        [7, 2],
      ] as const)('refuses expected %s on a stream at %s', async (expected, actual) => {
        await store.append('privacy-1', 'none', newEvents(3));
        const refusal = store.append('privacy-1', expected, [newEvent()]);
        await expect(refusal).rejects.toBeInstanceOf(RevisionConflict);
        await expect(refusal).rejects.toMatchObject({ stream: 'privacy-1', expected, actual });
        expect(await store.read('privacy-1')).toHaveLength(3);
      });

      it('refuses a revision on an absent stream', async () => {
        const refusal = store.append('privacy-1', 0, [newEvent()]);
        await expect(refusal).rejects.toMatchObject({ code: 'STORE.REVISION_CONFLICT', actual: undefined });
      });

      it('refuses all events of an append or none', async () => {
        await store.append('privacy-1', 'none', [newEvent()]);
        await expect(store.append('privacy-1', 'none', newEvents(3))).rejects.toBeInstanceOf(
          RevisionConflict,
        );
        expect(await store.read('privacy-1')).toHaveLength(1);
      });

      it('refuses an append that is no append', async () => {
        const event = newEvent();
        await expect(store.append('privacy-1', 'none', [])).rejects.toBeInstanceOf(RangeError);
        await expect(store.append('privacy-1', 'none', [event, event])).rejects.toBeInstanceOf(RangeError);
        await expect(store.append('privacy-1', -1, [event])).rejects.toBeInstanceOf(RangeError);
        await expect(
          store.append('privacy-1', 'none', [{ ...event, type: undefined as unknown as string }]),
        ).rejects.toBeInstanceOf(TypeError);
        expect(await store.heads(['privacy-1'])).toStrictEqual([undefined]);
      });

      it('stores any JSON as it was when append was called', async () => {
        const data = {
          text: 'ä\u0000\ud83d\ude00"\\',
          list: [1.5, null, { deep: [true] }],
          gone: undefined,
          big: 2 ** 53,
        };
        const mutable = { ...data };
        const appended = store.append('privacy-1', 'none', [newEvent('Happened', mutable)]);
        mutable.text = 'changed';
        await appended;
        const [event] = await store.read('privacy-1');
        expect(event?.data).toStrictEqual(JSON.parse(JSON.stringify(data)));
        const [live] = await readable(store, 1);
        expect(live).toStrictEqual(event);
      });

      it('gives one of many concurrent writers of one revision the place', async () => {
        await store.append('privacy-1', 'none', [newEvent()]);
        const writers = Array.from({ length: 16 }, () => store.append('privacy-1', 0, newEvents(2)));
        const outcomes = await Promise.allSettled(writers);
        expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
        const refusals = outcomes.flatMap((outcome) =>
          outcome.status === 'rejected' ? [outcome.reason as unknown] : [],
        );
        for (const refusal of refusals)
          expect(refusal).toMatchObject({ code: 'STORE.REVISION_CONFLICT', actual: 2 });
        expect(await store.read('privacy-1')).toHaveLength(3);
      });
    });

    describe('an append that may pass over others', () => {
      const over = ['Disclosed', 'Aborted'];

      it('stands behind any number of events of those types', async () => {
        await store.append('privacy-1', 'none', [newEvent('Opened')]);
        const decided = { after: 0, over };
        expect(await store.append('privacy-1', decided, [newEvent('Disclosed')])).toMatchObject({
          revision: 1,
        });
        const two = [newEvent('Disclosed'), newEvent('Aborted')];
        expect(await store.append('privacy-1', decided, two)).toMatchObject({ revision: 3 });
        const last = newEvent('Disclosed');
        const result = await store.append('privacy-1', decided, [last]);
        const [stored] = await store.read('privacy-1', { from: 4 });
        expect(stored).toMatchObject({ ...last, ...result });
        expect(await store.append('privacy-1', result.revision, [newEvent()])).toMatchObject({ revision: 5 });
      });

      it('is refused behind any other, wherever it stands, and before the stream is there', async () => {
        await store.append('privacy-1', 'none', [newEvent('Opened')]);
        await store.append('privacy-1', 0, [
          newEvent('Disclosed'),
          newEvent('Locked'),
          newEvent('Disclosed'),
        ]);
        const refusal = store.append('privacy-1', { after: 0, over }, [newEvent('Disclosed')]);
        await expect(refusal).rejects.toBeInstanceOf(RevisionConflict);
        await expect(refusal).rejects.toMatchObject({ stream: 'privacy-1', actual: 3 });
        for (const after of [1, 4])
          await expect(
            store.append('privacy-1', { after, over }, [newEvent('Disclosed')]),
          ).rejects.toBeInstanceOf(RevisionConflict);
        await expect(
          store.append('privacy-2', { after: 0, over }, [newEvent('Disclosed')]),
        ).rejects.toMatchObject({ code: 'STORE.REVISION_CONFLICT', actual: undefined });
        expect(await store.append('privacy-1', { after: 2, over }, [newEvent()])).toMatchObject({
          revision: 4,
        });
        await expect(
          store.append('privacy-1', { after: 2, over: ['two words'] }, [newEvent()]),
        ).rejects.toBeInstanceOf(RangeError);
      });

      it('gives all of many at once a place, until one comes that they may not pass', async () => {
        await store.append('privacy-1', 'none', [newEvent('Opened')]);
        const disclosing = Array.from({ length: 32 }, (_, index) =>
          store.append('privacy-1', { after: 0, over }, [
            newEvent('Disclosed', { index }),
            newEvent('Aborted'),
          ]),
        );
        await Promise.all(disclosing);
        const head = (await store.read('privacy-1')).length - 1;
        expect(head).toBe(64);
        const more = Array.from({ length: 16 }, () =>
          store.append('privacy-1', { after: head, over }, [newEvent('Disclosed')]),
        );
        const lock = (async () => {
          for (;;) {
            const [at] = await store.heads(['privacy-1']);
            try {
              return await store.append('privacy-1', at?.revision ?? 0, [newEvent('Locked')]);
            } catch (error) {
              if (!(error instanceof RevisionConflict)) throw error;
            }
          }
        })();
        const late = lock.then(() =>
          store.append('privacy-1', { after: head, over }, [newEvent('Disclosed')]),
        );
        await expect(late).rejects.toBeInstanceOf(RevisionConflict);
        const outcomes = await Promise.allSettled(more);
        const types = (await store.read('privacy-1', { from: head + 1 })).map(({ type }) => type);
        expect(types.at(-1)).toBe('Locked');
        expect(types).toHaveLength(1 + outcomes.filter(({ status }) => status === 'fulfilled').length);
      });
    });

    describe('any', () => {
      it('appends whatever the head', async () => {
        expect(await store.append('inquiries-1', 'any', [newEvent()])).toMatchObject({ revision: 0 });
        expect(await store.append('inquiries-1', 'any', newEvents(2))).toMatchObject({ revision: 2 });
      });

      it('loses and doubles nothing under concurrency', async () => {
        const batches = Array.from({ length: 60 }, (_, index) => newEvents(1 + (index % 3)));
        await Promise.all(batches.map((events) => store.append('inquiries-1', 'any', events)));
        const stored = await store.read('inquiries-1');
        expect(stored.map(({ revision }) => revision)).toStrictEqual(stored.map((_, index) => index));
        expect(idsOf(stored).sort()).toStrictEqual(idsOf(batches.flat()).sort());
        for (const batch of batches) {
          const start = stored.findIndex(({ id }) => id === batch[0]?.id);
          expect(idsOf(stored.slice(start, start + batch.length))).toStrictEqual(idsOf(batch));
        }
      });
    });

    describe('a repeated append', () => {
      it.each(['none', 0, 'any'] as const)('at expected %s answers as the first time', async (expected) => {
        if (expected === 0) await store.append('privacy-1', 'none', [newEvent()]);
        const events = newEvents(2);
        const first = await store.append('privacy-1', expected, events);
        expect(await store.append('privacy-1', expected, events)).toStrictEqual(first);
        await store.append('privacy-1', expected === 'any' ? 'any' : first.revision, newEvents(3));
        expect(await store.append('privacy-1', expected, events)).toStrictEqual(first);
        expect(await store.read('privacy-1')).toHaveLength(first.revision + 4);
      });

      it('is recognized while the first is under way', async () => {
        const events = newEvents(2);
        const [journal, exact] = [
          await Promise.all([1, 2, 3].map(() => store.append('inquiries-1', 'any', events))),
          await Promise.all([1, 2, 3].map(() => store.append('privacy-1', 'none', events))),
        ];
        for (const results of [journal, exact]) {
          expect(results[1]).toStrictEqual(results[0]);
          expect(results[2]).toStrictEqual(results[0]);
        }
        expect(await store.read('inquiries-1')).toHaveLength(2);
        expect(await store.read('privacy-1')).toHaveLength(2);
      });

      it('of ids that the stream got at an exact revision is recognized by a journal append', async () => {
        const [first, second, third] = [newEvents(2), newEvents(1), newEvents(2)];
        const one = await store.append('inquiries-1', 'none', first);
        await store.append('inquiries-1', 'any', second);
        const three = await store.append('inquiries-1', 2, third);
        expect(await store.append('inquiries-1', 'any', first)).toStrictEqual(one);
        expect(await store.append('inquiries-1', 'any', third)).toStrictEqual(three);
        expect(await store.read('inquiries-1')).toHaveLength(5);
      });

      it('that only overlaps is a conflict', async () => {
        const [a, b, c] = [newEvent(), newEvent(), newEvent()];
        await store.append('privacy-1', 'none', [a, b]);
        await store.append('inquiries-1', 'any', [a, b]);
        const conflict = { code: 'STORE.REVISION_CONFLICT', actual: 1 };
        await expect(store.append('privacy-1', 'none', [a, c])).rejects.toMatchObject(conflict);
        await expect(store.append('privacy-1', 'none', [b, a])).rejects.toMatchObject(conflict);
        await expect(store.append('privacy-1', 'none', [a, b, c])).rejects.toMatchObject(conflict);
        await expect(store.append('privacy-1', 0, [b, c])).rejects.toMatchObject(conflict);
        await expect(store.append('inquiries-1', 'any', [b, c])).rejects.toMatchObject(conflict);
        expect(await store.read('privacy-1')).toHaveLength(2);
        expect(await store.read('inquiries-1')).toHaveLength(2);
      });

      it('is told apart by stream', async () => {
        const events = newEvents(1);
        await store.append('privacy-1', 'none', events);
        expect(await store.append('privacy-2', 'none', events)).toMatchObject({ revision: 0 });
        expect(await store.append('inquiries-1', 'any', events)).toMatchObject({ revision: 0 });
        expect(await store.append('inquiries-2', 'any', events)).toMatchObject({ revision: 0 });
      });
    });

    describe('read', () => {
      const revisions = async (options: Parameters<EventStore['read']>[1]): Promise<number[]> =>
        (await store.read('privacy-1', options)).map(({ revision }) => revision);

      it('goes forwards and backwards, from a revision, up to a limit', async () => {
        await store.append('privacy-1', 'none', newEvents(5));
        await store.append('privacy-10', 'none', newEvents(2));
        expect(await revisions({})).toStrictEqual([0, 1, 2, 3, 4]);
        expect(await revisions({ from: 3 })).toStrictEqual([3, 4]);
        expect(await revisions({ from: 1, limit: 2 })).toStrictEqual([1, 2]);
        expect(await revisions({ from: 5 })).toStrictEqual([]);
        expect(await revisions({ limit: 0 })).toStrictEqual([]);
        expect(await revisions({ direction: 'backwards' })).toStrictEqual([4, 3, 2, 1, 0]);
        expect(await revisions({ direction: 'backwards', from: 2 })).toStrictEqual([2, 1, 0]);
        expect(await revisions({ direction: 'backwards', from: 99, limit: 1 })).toStrictEqual([4]);
        expect(await revisions({ direction: 'backwards', from: -1 })).toStrictEqual([]);
      });

      it('finds nothing in an absent stream and stops at 1000', async () => {
        expect(await store.read('absent-1')).toStrictEqual([]);
        await store.append('privacy-1', 'none', newEvents(1001));
        expect(await store.read('privacy-1')).toHaveLength(1000);
      });
    });

    describe('heads', () => {
      it('are in the order asked, also of absent and repeated streams', async () => {
        await store.append('privacy-1', 'none', newEvents(3));
        await store.append('client-1', 'none', newEvents(1));
        const heads = await store.heads(['client-1', 'absent-1', 'privacy-1', 'client-1']);
        expect(heads.map((head) => head && [head.stream, head.revision])).toStrictEqual([
          ['client-1', 0],
          undefined,
          ['privacy-1', 2],
          ['client-1', 0],
        ]);
        expect(heads[2]).toStrictEqual((await store.read('privacy-1', { from: 2 }))[0]);
        expect(await store.heads([])).toStrictEqual([]);
      });

      it('see an append as soon as it is acknowledged', async () => {
        let expected: number | 'none' = 'none';
        for (let count = 0; count < 20; count += 1) {
          expected = (await store.append('privacy-1', expected, [newEvent()])).revision;
          expect((await store.heads(['privacy-1']))[0]?.revision).toBe(expected);
        }
      });
    });

    describe('readAll', () => {
      it('of an empty store is caught up nowhere', async () => {
        expect(await store.readAll()).toStrictEqual({ events: [], position: undefined, caughtUp: true });
      });

      it('pages through everything in log order', async () => {
        for (let count = 0; count < 5; count += 1)
          await store.append(`privacy-${count}`, 'none', newEvents(5));
        await readable(store, 25);
        const events = await everything(store);
        expect(events).toHaveLength(25);
        for (let at = 1; at < events.length; at += 1) {
          const [before, after] = [events[at - 1]?.position, events[at]?.position];
          expect(store.comparePositions(before as Position, after as Position)).toBeLessThan(0);
          expect(store.comparePositions(after as Position, before as Position)).toBeGreaterThan(0);
          expect(store.comparePositions(after as Position, after as Position)).toBe(0);
        }
        const page = await store.readAll({ after: events[9]?.position, limit: 3 });
        expect(page.events).toStrictEqual(events.slice(10, 13));
        expect(page).toMatchObject({ position: events[12]?.position, caughtUp: false });
        const rest = await store.readAll({ after: events[12]?.position });
        expect(rest).toMatchObject({ position: events[24]?.position, caughtUp: true });
        expect(await store.readAll({ after: rest.position })).toStrictEqual({ ...rest, events: [] });
      });

      it('returns the categories asked for and moves past the others', async () => {
        for (let count = 0; count < 10; count += 1) {
          await store.append(`privacy-${count}`, 'none', newEvents(1));
          await store.append(`privacyRequest-${count}`, 'none', newEvents(1));
          await store.append(`client-${count}`, 'none', newEvents(1));
        }
        await store.append('privacy', 'none', newEvents(1));
        await readable(store, 31);
        const streams = async (...categories: string[]): Promise<string[]> =>
          (await everything(store, categories)).map(({ stream }) => stream);
        expect(await streams('privacy')).toStrictEqual([
          ...Array.from({ length: 10 }, (_, n) => `privacy-${n}`),
          'privacy',
        ]);
        expect(await streams('client', 'privacyRequest')).toHaveLength(20);
        expect(await streams()).toStrictEqual([]);
        const page = await store.readAll({ categories: ['absent'] });
        expect(page).toMatchObject({ events: [], caughtUp: true });
        expect(page.position).toBe((await store.readAll()).position);
      });

      it('refuses a position of another store', async () => {
        await expect(store.readAll({ after: 'elsewhere' as Position })).rejects.toBeInstanceOf(RangeError);
      });
    });

    describe('subscribe', () => {
      it('misses nothing and keeps each stream in order under concurrent writers', async () => {
        const [writers, appends] = [16, 25];
        const total = writers * appends * 2;
        const early = collect(store, { limit: 10 }, (seen) => seen.length >= total);
        const filtered = collect(store, { categories: ['odd'] }, (seen) => seen.length >= total / 2);
        await Promise.all(
          Array.from({ length: writers }, async (_, writer) => {
            let expected: number | 'none' = 'none';
            for (let count = 0; count < appends; count += 1) {
              const stream = `${writer % 2 ? 'odd' : 'even'}-${writer}`;
              expected = (await store.append(stream, expected, newEvents(2))).revision;
            }
          }),
        );
        const late = await collect(store, {}, (seen) => seen.length >= total);
        expect(await early).toStrictEqual(late);
        expect(await filtered).toStrictEqual(late.filter(({ stream }) => stream.startsWith('odd-')));
        expect(new Set(idsOf(late)).size).toBe(total);
        const next = new Map<string, number>();
        for (const { stream, revision } of late) {
          expect(revision).toBe(next.get(stream) ?? 0);
          next.set(stream, revision + 1);
        }
      });

      it('starts in the middle and says when it has caught up', async () => {
        await store.append('privacy-1', 'none', newEvents(20));
        const all = await readable(store, 20);
        let caughtUp = false;
        const tail = await collect(store, { after: all[11]?.position, limit: 3 }, (seen, page) => {
          caughtUp = page.caughtUp;
          return seen.length >= 8;
        });
        expect(tail).toStrictEqual(all.slice(12));
        expect(caughtUp).toBe(true);
      });

      it('says that it has caught up also when nothing of its categories came last', async () => {
        await store.append('privacy-1', 'none', newEvents(3));
        await store.append('other-1', 'none', newEvents(3));
        await readable(store, 6);
        let caughtUp = false;
        const seen = await collect(
          store,
          { categories: ['privacy'], limit: 2 },
          (_, page) => (caughtUp = page.caughtUp),
        );
        expect([seen.length, caughtUp]).toStrictEqual([3, true]);
      });

      it('moves the checkpoint past many events of other categories', async () => {
        await store.append('other-1', 'none', newEvents(1500));
        const seen = await collect(
          store,
          { categories: ['privacy'] },
          (_, page) => page.position !== undefined,
        );
        expect(seen).toStrictEqual([]);
      });

      it('ends when it is aborted: before it starts, while it waits, and between pages', async () => {
        const [before, waiting, between] = [
          new AbortController(),
          new AbortController(),
          new AbortController(),
        ];
        before.abort();
        const never = store.subscribe({ signal: before.signal })[Symbol.asyncIterator]();
        expect(await never.next()).toStrictEqual({ done: true, value: undefined });

        const waitingPages = store.subscribe({ signal: waiting.signal })[Symbol.asyncIterator]();
        expect(await waitingPages.next()).toStrictEqual(NOTHING_YET);
        const pending = waitingPages.next();
        const patience = store.readAll().then(() => waiting.abort());
        expect(await pending).toStrictEqual({ done: true, value: undefined });
        await patience;

        await store.append('privacy-1', 'none', newEvents(5));
        let pages = 0;
        for await (const page of store.subscribe({ limit: 1, signal: between.signal })) {
          pages += page.events.length;
          between.abort();
        }
        expect(pages).toBe(1);
      });

      it('ends when the store is closed', async () => {
        const pages = store.subscribe({ signal: new AbortController().signal })[Symbol.asyncIterator]();
        expect(await pages.next()).toStrictEqual(NOTHING_YET);
        const pending = pages.next();
        await store.readAll();
        await store.close();
        expect(await pending).toStrictEqual({ done: true, value: undefined });
      });

      whenIt(canInterrupt !== undefined)('goes on after the store was away', async () => {
        await store.append('privacy-1', 'none', newEvents(3));
        const seen = collect(store, {}, (events) => events.length >= 6);
        await readable(store, 3);
        await stores.interrupt?.();
        await store.read('privacy-1');
        await appendPatiently(store, 'privacy-1', 2, newEvents(3));
        expect((await seen).map(({ revision }) => revision)).toStrictEqual([0, 1, 2, 3, 4, 5]);
      });
    });

    it('keeps recordedAt from decreasing within a stream', async () => {
      await store.close();
      stores.remove?.();
      const start = Date.parse('2026-03-01T12:00:00.000Z');
      let calls = 0;
      // A clock that is set back again and again.
      store = await stores.open(() => new Date(start + (calls++ % 3) * -5000 + calls));
      for (let count = 0; count < 12; count += 1) await store.append('inquiries-1', 'any', newEvents(1));
      const times = (await store.read('inquiries-1')).map(({ recordedAt }) => recordedAt);
      expect(times).toStrictEqual([...times].sort());
      expect(times).toHaveLength(12);
    });

    it('refuses everything once closed', async () => {
      await store.append('privacy-1', 'none', newEvents(1));
      await store.close();
      await store.close();
      await expect(store.append('privacy-1', 0, newEvents(1))).rejects.toBeInstanceOf(StoreUnavailable);
      await expect(store.read('privacy-1')).rejects.toBeInstanceOf(StoreUnavailable);
      await expect(store.heads(['privacy-1'])).rejects.toBeInstanceOf(StoreUnavailable);
      await expect(store.readAll()).rejects.toBeInstanceOf(StoreUnavailable);
    });

    whenIt(canReopen !== undefined)('is the same after closing and reopening', async () => {
      const journal = newEvents(2);
      await store.append('privacy-1', 'none', newEvents(3));
      const first = await store.append('inquiries-1', 'any', journal);
      const before = await readable(store, 5);
      // What is still being collected when the store is closed is either written or refused.
      const late = store.append('privacy-1', 2, newEvents(1)).then(
        () => 1,
        () => 0,
      );
      await store.close();
      store = (await stores.reopen?.()) ?? store;
      const total = 5 + (await late);
      const after = await readable(store, total);
      expect(after.slice(0, 5)).toStrictEqual(before);
      expect(after).toHaveLength(total);
      expect(await store.append('inquiries-1', 'any', journal)).toStrictEqual(first);
      const last = before.at(-1)?.position;
      const resumed = collect(store, { after: last }, (seen) => seen.length >= total - 5 + 1);
      const next = await store.append('inquiries-1', 1, newEvents(1));
      expect((await resumed).at(-1)?.position).toBe(next.position);
      expect(store.comparePositions(next.position, last as Position)).toBeGreaterThan(0);
    });
  });
};

/**
 * Repeats an append at an exact revision whose outcome is unknown: the same ids make it the same append. One that may pass over others is
 * repeated as long as it only loses its place to them.
 */
export const appendPatiently = async (
  store: EventStore,
  stream: string,
  expected: number | 'none' | PassingOver,
  events: readonly NewEvent[],
): Promise<void> => {
  const passing = typeof expected === 'object';
  for (let attempt = 0; ; attempt += 1) {
    try {
      await store.append(stream, expected, events);
      return;
    } catch (error) {
      if (error instanceof RevisionConflict !== passing || attempt >= 100) throw error;
    }
  }
};
