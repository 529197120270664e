import { setMaxListeners } from 'node:events';
import {
  type AllStreamSubscription,
  type EventStoreDBClient,
  START,
  excludeSystemEvents,
  streamNameFilter,
} from '@eventstore/db-client';
import {
  type AllPage,
  type Position,
  type RecordedEvent,
  type SubscribeOptions,
} from './event-store.port.js';
import { type EventStoreDbConnection } from './eventstoredb-connection.js';
import { isRefused } from './eventstoredb-errors.js';
import { fromStored } from './eventstoredb-events.js';
import { comparePlaces, placeOf, positionOf } from './eventstoredb-positions.js';
import { isWanted } from './eventstoredb-reader.js';
import { DEFAULT_PAGE, pageLimit } from './read-options.js';
import { StoreUnusable } from './store-errors.js';
import { WakeUp, pause } from './wake-up.js';

/** Milliseconds before a subscription is renewed: the first time, and at most. */
export interface BackOff {
  readonly first: number;
  readonly last: number;
}

/** Filtered events after which the server tells where it is, and an empty page tells the subscriber: 32 × 32. */
const CHECKPOINT_INTERVAL = 32;
const GOOD_DEAL = 1000;
/** While catching up, an incomplete page waits this long for more, in milliseconds. */
const PATIENCE = 250;

type Filter = Pick<SubscribeOptions, 'categories'>;

/**
 * Pages of the log for ever. The client does not renew a subscription that broke: it is begun again after the last
 * position that was handed out, with growing pauses, so nothing is missed and nothing seen twice.
 */
export async function* followEventStoreDb(
  connection: EventStoreDbConnection,
  options: SubscribeOptions,
  backOff: BackOff,
): AsyncGenerator<AllPage, void> {
  const { signal } = options;
  // One signal often ends many subscriptions, and Node warns from the eleventh.
  setMaxListeners(0, signal);
  const ended = new AbortController();
  const end = (): void => ended.abort();
  signal.addEventListener('abort', end, { once: true });
  connection.closed.addEventListener('abort', end, { once: true });
  if (signal.aborted || connection.isClosed) end();
  let after = options.after;
  if (after !== undefined) placeOf(after);
  let wait = backOff.first;
  try {
    while (!ended.signal.aborted) {
      try {
        for await (const page of livePages(connection.current, { ...options, after }, ended.signal)) {
          wait = backOff.first;
          after = page.position;
          yield page;
          if (ended.signal.aborted) return;
        }
      } catch (error) {
        if (ended.signal.aborted) return;
        if (error instanceof StoreUnusable || isRefused(error)) throw error;
        connection.noteFailure(error);
      }
      // Half of it by chance, so that the subscribers of a server that restarts do not come all at once.
      await pause(wait * (0.5 + Math.random() / 2), ended.signal);
      wait = Math.min(wait * 2, backOff.last);
    }
  } finally {
    signal.removeEventListener('abort', end);
    connection.closed.removeEventListener('abort', end);
  }
}

const filterOf = ({ categories }: Filter, checkpointReached: (place: Position) => void) => {
  const told = {
    checkpointInterval: CHECKPOINT_INTERVAL,
    // What this throws nobody would catch.
    checkpointReached: (_: unknown, place: { commit: bigint; prepare: bigint }): void =>
      checkpointReached(positionOf(place)),
  };
  // A prefix lets longer names through, which are left out here. No prefix at all would be no filter.
  return categories === undefined || categories.length === 0
    ? excludeSystemEvents(told)
    : streamNameFilter({ prefixes: [...categories], ...told });
};

/** Pages of one subscription on the server, until it breaks. */
async function* livePages(
  client: EventStoreDBClient,
  { after, categories, limit: most }: SubscribeOptions,
  ended: AbortSignal,
): AsyncGenerator<AllPage, void> {
  const limit = pageLimit(most);
  const changed = new WakeUp();
  let [live, over] = [false, false];
  let failure: Error | undefined;
  let checkpoint: Position | undefined;
  const subscription: AllStreamSubscription = client.subscribeToAll(
    {
      fromPosition: after === undefined ? START : placeOf(after),
      filter: filterOf({ ...(categories && { categories }) }, (place) => {
        checkpoint = place;
        changed.wake();
      }),
    },
    { highWaterMark: Math.min(limit, DEFAULT_PAGE) },
  );
  const wake = (): void => changed.wake();
  // One listener stays for good: an error without any would end the process.
  subscription.on('error', (error: Error) => {
    failure ??= error;
    wake();
  });
  subscription.on('readable', wake);
  subscription.on('close', () => {
    over = true;
    wake();
  });
  subscription.on('end', () => {
    over = true;
    wake();
  });
  subscription.on('caughtUp', () => {
    live = true;
    wake();
  });
  subscription.on('fellBehind', () => {
    live = false;
  });

  let position = after;
  let events: RecordedEvent[] = [];
  let passedOver = 0;
  let saidCaughtUp = false;
  const page = (caughtUp: boolean): AllPage => {
    const made = { events, position, caughtUp };
    events = [];
    passedOver = 0;
    saidCaughtUp = caughtUp;
    return made;
  };
  try {
    for (let waited = false; !ended.aborted;) {
      const resolved = subscription.read() as { event?: Parameters<typeof fromStored>[0] } | null;
      if (resolved !== null) {
        waited = false;
        const { event } = resolved;
        if (event?.position === undefined) continue;
        position = positionOf(event.position);
        passedOver += 1;
        if (isWanted(event.streamId, categories)) events.push(fromStored(event));
        if (events.length >= limit || passedOver >= GOOD_DEAL) {
          yield page(live && subscription.readableLength === 0);
        }
        continue;
      }
      // Everything that came before the checkpoint has been read by now.
      if (checkpoint !== undefined) {
        if (position === undefined || comparePlaces(placeOf(checkpoint), placeOf(position)) > 0) {
          position = checkpoint;
          passedOver = Math.max(passedOver, GOOD_DEAL);
        }
        checkpoint = undefined;
      }
      const isWorthIt =
        events.length > 0 ? live || waited : passedOver >= GOOD_DEAL || (live && !saidCaughtUp);
      if (isWorthIt || (events.length > 0 && (over || failure !== undefined))) {
        yield page(live);
        waited = false;
        continue;
      }
      if (failure !== undefined) throw failure;
      if (over) return;
      waited = await until(changed, events.length > 0 ? PATIENCE : undefined, ended);
    }
  } finally {
    subscription.unsubscribe().catch(() => undefined);
    subscription.destroy();
  }
}

/** Waits for a change; true if none came within the time. */
const until = async (
  changed: WakeUp,
  milliseconds: number | undefined,
  ended: AbortSignal,
): Promise<boolean> => {
  if (milliseconds === undefined) {
    await changed.wait(ended);
    return false;
  }
  const done = new AbortController();
  const stop = (): void => done.abort();
  ended.addEventListener('abort', stop, { once: true });
  const outcome = await Promise.race([
    changed.wait(done.signal).then(() => false),
    pause(milliseconds, done.signal).then(() => !done.signal.aborted),
  ]);
  ended.removeEventListener('abort', stop);
  stop();
  return outcome;
};
