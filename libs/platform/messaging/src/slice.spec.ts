import { giveWay, mapInSlices } from './slice.js';

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Holds the event loop. */
const work = (ms: number): void => {
  for (const began = performance.now(); performance.now() - began < ms;);
};

describe('Giving way', () => {
  it('lets one go on per turn of the event loop, first come first', async () => {
    const gone: string[] = [];
    for (const name of ['a', 'b', 'c']) void giveWay().then(() => gone.push(name));
    expect(gone).toStrictEqual([]);
    for (const expected of [['a'], ['a', 'b'], ['a', 'b', 'c']]) {
      await turn();
      expect(gone).toStrictEqual(expected);
    }
  });

  it('goes on for those who come while others wait, and when nobody does', async () => {
    const gone: string[] = [];
    const twice = async (name: string) => {
      await giveWay();
      gone.push(`${name}1`);
      await giveWay();
      gone.push(`${name}2`);
    };
    await Promise.all([twice('a'), twice('b')]);
    await twice('c');
    expect(gone).toStrictEqual(['a1', 'b1', 'a2', 'b2', 'c1', 'c2']);
  });

  it('maps in order, and gives way whenever it has held the event loop for long', async () => {
    const seen: (number | 'served')[] = [];
    setImmediate(() => seen.push('served'));
    const doubled = await mapInSlices([1, 2, 3], (item) => {
      work(6);
      seen.push(item);
      return item * 2;
    });
    expect(doubled).toStrictEqual([2, 4, 6]);
    expect(seen).toStrictEqual([1, 'served', 2, 3]);
  });

  it('maps few things at once', async () => {
    let mapped = false;
    const done = mapInSlices([1, 2, 3], (item) => item).then(() => (mapped = true));
    await Promise.resolve().then(() => undefined);
    expect(mapped).toBe(true);
    await done;
  });

  it('fails with what mapping fails', async () => {
    const failing = mapInSlices([1], () => {
      throw new RangeError('one');
    });
    await expect(failing).rejects.toBeInstanceOf(RangeError);
  });
});
