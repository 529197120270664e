import { performance, type EventLoopUtilization } from 'node:perf_hooks';

/** What a pace by load looks at. Both as Node's `performance` has them. */
export interface Load {
  now(): number;
  eventLoopUtilization(later?: EventLoopUtilization, earlier?: EventLoopUtilization): EventLoopUtilization;
}

const LIGHT_MS = 20;
const HEAVY_MS = 100;
/** Part of the time that the event loop works, from which on it is full. */
const FULL = 0.8;
const LOOK_EVERY_MS = 250;

/**
 * Least time from one batch of a consumer to the next, ms. Messages gather in it, and what a batch costs once (transactions, calls of the
 * store) is shared. While the event loop is full it is longer, which makes a message cheaper (bench/README.md).
 */
export const paceByLoad = (load: Load = performance): (() => number) => {
  let looked = load.now();
  let earlier = load.eventLoopUtilization();
  let pace = LIGHT_MS;
  return () => {
    const now = load.now();
    if (now - looked >= LOOK_EVERY_MS) {
      const later = load.eventLoopUtilization();
      pace = load.eventLoopUtilization(later, earlier).utilization >= FULL ? HEAVY_MS : LIGHT_MS;
      looked = now;
      earlier = later;
    }
    return pace;
  };
};
