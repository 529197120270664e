import { setMaxListeners } from 'node:events';
import {
  type AllPage,
  type Position,
  type ReadAllOptions,
  StoreUnavailable,
  type SubscribeOptions,
} from './event-store.port.js';
import { pause } from './wake-up.js';

/** A page and how many events were looked at for it, whatever the filter left. */
export interface ScannedPage extends AllPage {
  readonly scanned: number;
}

/** What a subscription needs of a store. */
export interface LogSource {
  /** True once the store was closed: its subscriptions end. */
  readonly isClosed: boolean;
  scan(options: ReadAllOptions): Promise<ScannedPage>;
  /**
   * Resolves when events may follow `after`, when the store is closed, or when the signal is aborted. A source that knows what it has
   * grown by need not wake whoever wants other categories, until a good deal has passed.
   */
  untilMore(
    after: Position | undefined,
    signal: AbortSignal,
    categories: readonly string[] | undefined,
  ): Promise<void>;
}

/** Filtered events after which an empty page tells the subscriber to move its checkpoint. */
export const GOOD_DEAL = 1000;
const FIRST_BACK_OFF = 50;
const LAST_BACK_OFF = 2000;

/** The store's answer, or undefined as soon as the signal is aborted. */
const unlessAborted = <T>(answer: Promise<T>, signal: AbortSignal): Promise<T | undefined> =>
  new Promise((resolve, reject) => {
    const abort = (): void => resolve(undefined);
    signal.addEventListener('abort', abort, { once: true });
    answer.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });

/**
 * Pages of a log for ever: first what is there, then what comes. A store that is away is tried again with growing
 * pauses from the same position, so nothing is missed and nothing seen twice.
 */
export async function* followLog(
  source: LogSource,
  options: SubscribeOptions,
): AsyncGenerator<AllPage, void> {
  const { signal, after: start, ...rest } = options;
  // One signal often ends many subscriptions, and Node warns from the eleventh.
  setMaxListeners(0, signal);
  let after = start;
  let backOff = FIRST_BACK_OFF;
  let passedOver = 0;
  let caughtUp = false;
  let saidCaughtUp = false;
  while (!signal.aborted && !source.isClosed) {
    let page: ScannedPage | undefined;
    try {
      if (caughtUp) await source.untilMore(after, signal, options.categories);
      page = signal.aborted ? undefined : await unlessAborted(source.scan({ ...rest, after }), signal);
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) throw error;
      if (source.isClosed) return;
      await pause(backOff, signal);
      backOff = Math.min(backOff * 2, LAST_BACK_OFF);
      continue;
    }
    if (page === undefined || signal.aborted) return;
    backOff = FIRST_BACK_OFF;
    caughtUp = page.caughtUp;
    after = page.position ?? after;
    passedOver += page.scanned;
    if (page.events.length > 0 || passedOver >= GOOD_DEAL || (caughtUp && !saidCaughtUp)) {
      passedOver = 0;
      saidCaughtUp = caughtUp;
      yield { events: page.events, position: page.position, caughtUp };
    }
  }
}
