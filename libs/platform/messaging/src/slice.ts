/** Those who wait to go on, first come first. */
const waiting: (() => void)[] = [];

const letOneGo = (): void => {
  waiting.shift()?.();
  if (waiting.length > 0) setImmediate(letOneGo);
};

/**
 * Resolves in a turn of the event loop of its own: of all who wait, one goes on per turn, and requests are served in between. For what nobody
 * waits for, as the work of consumers.
 */
export const giveWay = (): Promise<void> =>
  new Promise((resolve) => {
    if (waiting.push(resolve) === 1) setImmediate(letOneGo);
  });

/** How long the work of a consumer holds the event loop, ms: a request meets it several times on its way. */
const SLICE_MS = 4;

/** A part of some longer work, for a loop that asks after each step whether it is over. */
export class Slice {
  private began = performance.now();

  isOver(): boolean {
    return performance.now() - this.began >= SLICE_MS;
  }

  /** Gives way, and begins another. */
  async next(): Promise<void> {
    await giveWay();
    this.began = performance.now();
  }
}

/** Maps in order, slice by slice. @throws what `map` throws, at once */
export const mapInSlices = async <Item, Result>(
  items: readonly Item[],
  map: (item: Item) => Result,
): Promise<Result[]> => {
  const slice = new Slice();
  const results: Result[] = [];
  for (const item of items) {
    if (slice.isOver()) await slice.next();
    results.push(map(item));
  }
  return results;
};
