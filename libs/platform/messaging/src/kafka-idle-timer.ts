import { createRequire } from 'node:module';

/** The parts of kafkajs' request queue that the replaced method works on. */
interface RequestQueue {
  throttleCheckTimeoutId: NodeJS.Timeout | null;
  throttledUntil: number;
  readonly pending: readonly unknown[];
  checkPendingRequests(): void;
  scheduleCheckPendingRequests(): void;
}

const PATCHED_VERSION = '2.2.4';
const PENDING_CHECK_MS = 10;

/**
 * kafkajs 2.2.4 re-arms a timer of a negative delay on every connection for ever, also when nothing waits (its issue
 * 1556): 3 to 5 % of a core when idle. The check is needed only while requests are pending; adding one, an answer
 * and a time-out each call it again. Must run before the first connection; other versions are left alone.
 * @returns whether the method is replaced
 */
export const stopIdleTimer = (): boolean => {
  const load = createRequire(__filename);
  const { version } = load('kafkajs/package.json') as { readonly version: string };
  if (version !== PATCHED_VERSION) return false;
  const queue = load('kafkajs/src/network/requestQueue') as { readonly prototype: RequestQueue };
  queue.prototype.scheduleCheckPendingRequests = function () {
    if (this.throttleCheckTimeoutId !== null || this.pending.length === 0) return;
    const wait = this.throttledUntil - Date.now();
    this.throttleCheckTimeoutId = setTimeout(
      () => {
        this.throttleCheckTimeoutId = null;
        this.checkPendingRequests();
      },
      wait > 0 ? wait : PENDING_CHECK_MS,
    );
  };
  return true;
};
