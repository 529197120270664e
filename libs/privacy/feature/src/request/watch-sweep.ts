import type { EventStore } from '@registry/event-store';
import { openTask } from '../task/open-task.js';
import type { RequestList } from './request-list.query.js';
import { REQUEST_POLICY } from './request-policy.js';

const MS_PER_DAY = 86_400_000;

/** A task to call for each request whose child's birth record has not come in time; each once, however often this runs (DOMAIN 4.3). */
export const sweepWatches = async (store: EventStore, list: RequestList, now: Date): Promise<void> => {
  const before = new Date(now.getTime() - REQUEST_POLICY.watchDays * MS_PER_DAY).toISOString();
  for (const requestId of await list.watchingSince(before)) {
    const task = { kind: 'watch-overdue', about: requestId } as const;
    await openTask(store, { ...task, openedAt: now.toISOString() }, requestId);
  }
};
