import type { EventLoopUtilization } from 'node:perf_hooks';
import { paceByLoad } from './pace.js';

/** A clock, and a loop that works for as much of the time as one says. */
const loop = () => {
  const utilization = (active: number, idle: number): EventLoopUtilization => ({
    active,
    idle,
    utilization: active + idle === 0 ? 0 : active / (active + idle),
  });
  let active = 0;
  let idle = 0;
  return {
    now: () => active + idle,
    eventLoopUtilization: (later?: EventLoopUtilization, earlier?: EventLoopUtilization) =>
      later === undefined || earlier === undefined
        ? utilization(active, idle)
        : utilization(later.active - earlier.active, later.idle - earlier.idle),
    run: (milliseconds: number, part: number) => {
      active += milliseconds * part;
      idle += milliseconds * (1 - part);
    },
  };
};

describe('the pace of consumers', () => {
  it('is short until the event loop is full, long while it is, and short again after', () => {
    const load = loop();
    const pace = paceByLoad(load);
    expect(pace()).toBe(20);
    load.run(300, 0.7);
    expect(pace()).toBe(20);
    load.run(300, 0.9);
    expect(pace()).toBe(100);
    load.run(300, 0.5);
    expect(pace()).toBe(20);
  });

  it('does not look at moments', () => {
    const load = loop();
    const pace = paceByLoad(load);
    load.run(100, 1);
    expect(pace()).toBe(20);
    load.run(900, 0.1);
    expect(pace()).toBe(20);
  });
});
