import {
  AppendOutcomeUnknown,
  RevisionConflict,
  StoreUnavailable,
  type AppendResult,
  type EventStore,
} from '@registry/event-store';
import { aroundStore, type StoreCall } from './around-store.js';
import type { Chance, Scheduler } from './scheduler.js';

/** As long as an adapter waits for a server that does not answer. */
const ADAPTER_TIMEOUT_MS = 10_000;

export interface StoreTrouble {
  /** Probability of each call to go wrong; 0 for a store that works. */
  readonly faults: number;
  readonly onCommit: (call: StoreCall, result: AppendResult) => void;
  readonly onConflict: () => void;
  readonly onFault: () => void;
}

type Fault =
  | 'none'
  /** Nothing was done, and the caller learns that. */
  | 'unavailable'
  /** The response is lost: the effect stands, is missing, or comes about later. */
  | 'lost'
  | 'lost-without-effect'
  | 'lost-before-effect'
  /** No answer until the adapter gives up. */
  | 'hangs';

const READ_FAULTS: readonly Fault[] = ['unavailable', 'unavailable', 'unavailable', 'hangs'];
const APPEND_FAULTS: readonly Fault[] = [
  'unavailable',
  'lost',
  'lost',
  'lost-without-effect',
  'lost-before-effect',
  'lost-before-effect',
  'hangs',
];

/** One process's connection to a store: each call waits for the scheduler on its way there and on its way back. */
export const unreliableStore = (
  inner: EventStore,
  scheduler: Scheduler,
  chance: Chance,
  { faults, onCommit, onConflict, onFault }: StoreTrouble,
): EventStore => {
  const effect = <T>(call: StoreCall, run: () => Promise<T>): Promise<T> =>
    scheduler.work(async () => {
      try {
        const result = await run();
        if (call.method === 'append') onCommit(call, result as unknown as AppendResult);
        return result;
      } catch (error) {
        if (error instanceof RevisionConflict) onConflict();
        throw error;
      }
    });
  const sooner = async (call: StoreCall, run: () => Promise<unknown>): Promise<void> => {
    await effect(call, run).catch(() => undefined);
  };
  const later = async (call: StoreCall, run: () => Promise<unknown>): Promise<void> => {
    await scheduler.park();
    await sooner(call, run);
  };

  return aroundStore(inner, async (call, run) => {
    await scheduler.park();
    const fault: Fault = chance.happens(faults)
      ? chance.pick(call.method === 'append' ? APPEND_FAULTS : READ_FAULTS)
      : 'none';
    if (fault !== 'none') onFault();
    switch (fault) {
      case 'none': {
        const settled = await Promise.allSettled([effect(call, run)]);
        if (chance.happens(0.5)) await scheduler.park();
        const [outcome] = settled;
        if (outcome.status === 'rejected') throw outcome.reason;
        return outcome.value;
      }
      case 'unavailable':
        throw new StoreUnavailable();
      case 'lost':
        await sooner(call, run);
        throw new AppendOutcomeUnknown();
      case 'lost-without-effect':
        throw new AppendOutcomeUnknown();
      case 'lost-before-effect':
        void later(call, run);
        throw new AppendOutcomeUnknown();
      case 'hangs':
        if (call.method === 'append' && chance.happens(0.5)) await sooner(call, run);
        await scheduler.park(ADAPTER_TIMEOUT_MS);
        throw call.method === 'append' ? new AppendOutcomeUnknown() : new StoreUnavailable();
      default:
        return fault satisfies never;
    }
  });
};
