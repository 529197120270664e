import fc from 'fast-check';
import { type ContentKeys, newContentKey } from './index.js';

/** What every adapter of the port does. `create` gives an empty store whose clock is `now`. */
export function contentKeysContract(name: string, create: (now: () => Date) => Promise<ContentKeys>): void {
  describe(`${name} as content keys`, () => {
    const start = Date.parse('2026-01-01T00:00:00Z');
    let clock: number;
    let keys: ContentKeys;

    beforeEach(async () => {
      clock = start;
      keys = await create(() => new Date(clock));
    });
    afterEach(() => keys.close());

    const hex = (key: Uint8Array | undefined) => key && Buffer.from(key).toString('hex');
    const stored = async (...ids: string[]) =>
      Object.fromEntries([...(await keys.getMany(ids))].map(([id, key]) => [id, hex(key)]));

    it('gives back the keys that were put, and nothing for other ids', async () => {
      const [a, b] = [newContentKey(), newContentKey()];
      expect(hex(await keys.put('submission-a', a))).toBe(hex(a));
      await keys.put('submission-b', b);
      expect(await stored('submission-a', 'submission-b', 'submission-c')).toStrictEqual({
        'submission-a': hex(a),
        'submission-b': hex(b),
      });
      expect(await stored()).toStrictEqual({});
    });

    it('keeps the first key of an id', async () => {
      const [first, second] = [newContentKey(), newContentKey()];
      await keys.put('submission-a', first);
      expect(hex(await keys.put('submission-a', second))).toBe(hex(first));
      expect(await stored('submission-a')).toStrictEqual({ 'submission-a': hex(first) });
    });

    it('agrees with everyone who puts one id at the same time', async () => {
      const answers = await Promise.all(
        Array.from({ length: 20 }, () => keys.put('submission-a', newContentKey())),
      );
      expect(new Set(answers.map(hex)).size).toBe(1);
      expect(await stored('submission-a')).toStrictEqual({ 'submission-a': hex(answers[0]) });
    });

    it('keeps its own copies', async () => {
      const key = newContentKey();
      const before = hex(key);
      const answer = keys.put('submission-a', key);
      key.fill(1);
      (await answer).fill(2);
      (await keys.getMany(['submission-a'])).get('submission-a')?.fill(3);
      expect(await stored('submission-a')).toStrictEqual({ 'submission-a': before });
    });

    it('destroys keys for ever, and leaves the others', async () => {
      const kept = newContentKey();
      await keys.put('submission-a', newContentKey());
      await keys.put('submission-b', kept);
      await keys.destroy(['submission-a', 'submission-never-put']);
      await keys.destroy(['submission-a']);
      await keys.destroy([]);

      expect(await stored('submission-a', 'submission-b')).toStrictEqual({ 'submission-b': hex(kept) });
      await expect(keys.put('submission-a', newContentKey())).rejects.toMatchObject({
        code: 'KEYS.DESTROYED',
      });
      expect(await keys.completePending()).toBe(0);
    });

    it('refuses one put without harm to those at the same time', async () => {
      await keys.put('submission-a', newContentKey());
      await keys.destroy(['submission-a']);
      const outcomes = await Promise.allSettled(
        ['submission-a', 'submission-b'].map((id) => keys.put(id, newContentKey())),
      );
      expect(outcomes.map(({ status }) => status)).toStrictEqual(['rejected', 'fulfilled']);
      expect(Object.keys(await stored('submission-a', 'submission-b'))).toStrictEqual(['submission-b']);
    });

    it('follows the order of a put and a destruction asked for at the same time', async () => {
      const put = keys.put('submission-a', newContentKey());
      await Promise.all([put, keys.destroy(['submission-a'])]);
      expect(await stored('submission-a')).toStrictEqual({});
    });

    it('lists ids by age, page by page, without destroyed ones', async () => {
      for (const id of ['e', 'd', 'c', 'b', 'a']) {
        await keys.put(id, newContentKey());
        clock += 1_000;
      }
      await keys.destroy(['c']);
      const before = (seconds: number) => new Date(start + seconds * 1_000).toISOString();

      expect(await keys.olderThan(before(0), { limit: 10 })).toStrictEqual([]);
      expect(await keys.olderThan(before(4), { limit: 10 })).toStrictEqual(['e', 'd', 'b']);
      expect(await keys.olderThan(before(9), { limit: 2 })).toStrictEqual(['e', 'd']);
      expect(await keys.olderThan(before(9), { limit: 2, after: 'd' })).toStrictEqual(['b', 'a']);
      expect(await keys.olderThan(before(9), { limit: 2, after: 'c' })).toStrictEqual(['b', 'a']);
      expect(await keys.olderThan(before(9), { limit: 2, after: 'a' })).toStrictEqual([]);
      await expect(keys.olderThan(before(9), { limit: 2, after: 'never put' })).rejects.toBeInstanceOf(
        RangeError,
      );
      await expect(keys.olderThan('yesterday', { limit: 2 })).rejects.toBeInstanceOf(TypeError);
    });

    it('keeps the order of puts when the clock goes back', async () => {
      await keys.put('first', newContentKey());
      clock -= 60_000;
      await keys.put('second', newContentKey());
      expect(await keys.olderThan(new Date(start).toISOString(), { limit: 10 })).toStrictEqual([]);
      expect(await keys.olderThan(new Date(start + 1).toISOString(), { limit: 10 })).toStrictEqual([
        'first',
        'second',
      ]);
    });

    it.each([
      ['an empty id', '', newContentKey()],
      ['an id that a store would cut', 'a\0b', newContentKey()],
      ['a short key', 'a', newContentKey().subarray(1)],
      ['the mark of a destroyed key', 'a', new Uint8Array(32)],
    ])('refuses %s', async (_, id, key) => {
      await expect(keys.put(id, key)).rejects.toBeInstanceOf(TypeError);
    });

    it('refuses everything when closed', async () => {
      await keys.put('a', newContentKey());
      await keys.close();
      for (const call of [
        () => keys.put('b', newContentKey()),
        () => keys.getMany(['a']),
        () => keys.destroy(['a']),
        () => keys.completePending(),
        () => keys.olderThan('2030-01-01T00:00:00Z', { limit: 1 }),
      ]) {
        await expect(call()).rejects.toMatchObject({ code: 'KEYS.CLOSED' });
      }
    });

    it('behaves as a map with tombstones', async () => {
      let run = 0;
      const ids = fc.constantFrom('a', 'b', 'c', 'd');
      const step = fc.oneof(
        fc.record({
          put: ids,
          key: fc.uint8Array({ minLength: 32, maxLength: 32 }).filter((key) => key.some((b) => b > 0)),
        }),
        fc.record({ destroy: fc.array(ids, { maxLength: 3 }) }),
      );
      await fc.assert(
        fc.asyncProperty(fc.array(step, { maxLength: 15 }), async (steps) => {
          run++;
          const name = (id: string) => `run-${run}-${id}`;
          const expected = new Map<string, string | undefined>();
          const asked = steps.map(async (each) => {
            if ('destroy' in each) return keys.destroy(each.destroy.map(name));
            return keys.put(name(each.put), each.key).then(hex, () => undefined);
          });
          const answers = steps.map((each) => {
            if ('destroy' in each) {
              for (const id of each.destroy) if (expected.has(name(id))) expected.set(name(id), undefined);
              return undefined;
            }
            const id = name(each.put);
            if (!expected.has(id)) expected.set(id, hex(each.key));
            return expected.get(id);
          });
          expect(await Promise.all(asked)).toStrictEqual(answers);
          const alive = [...expected].filter(([, key]) => key !== undefined);
          expect(await stored(...['a', 'b', 'c', 'd'].map(name))).toStrictEqual(Object.fromEntries(alive));
        }),
        { numRuns: 50 },
      );
    });
  });
}
