import { stopIdleTimer } from './kafka-idle-timer.js';

interface Queue {
  throttleCheckTimeoutId: NodeJS.Timeout | null;
  throttledUntil: number;
  pending: unknown[];
  checkPendingRequests: () => void;
  scheduleCheckPendingRequests: () => void;
}

describe('The idle timer of kafkajs', () => {
  const queue = (): Queue => {
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- an inner module, which has no types
    const { prototype } = require('kafkajs/src/network/requestQueue') as { prototype: Queue };
    expect(typeof prototype.scheduleCheckPendingRequests).toBe('function');
    return Object.assign(Object.create(prototype) as Queue, {
      throttleCheckTimeoutId: null,
      throttledUntil: -1,
      pending: [],
      checkPendingRequests: jest.fn(),
    });
  };

  beforeAll(() => {
    // False would mean that kafkajs is another version: look whether that one still needs it.
    expect(stopIdleTimer()).toBe(true);
  });

  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  it('does not run while nothing is pending', () => {
    const idle = queue();
    idle.scheduleCheckPendingRequests();
    expect(idle.throttleCheckTimeoutId).toBeNull();
    expect(jest.getTimerCount()).toBe(0);
  });

  it('checks what is pending, once', () => {
    const busy = queue();
    busy.pending.push({});
    busy.scheduleCheckPendingRequests();
    busy.scheduleCheckPendingRequests();
    expect(jest.getTimerCount()).toBe(1);
    jest.advanceTimersByTime(10);
    expect(busy.checkPendingRequests).toHaveBeenCalledTimes(1);
    expect(busy.throttleCheckTimeoutId).toBeNull();
  });

  it('waits as long as the broker throttles', () => {
    const throttled = queue();
    throttled.pending.push({});
    throttled.throttledUntil = Date.now() + 500;
    throttled.scheduleCheckPendingRequests();
    jest.advanceTimersByTime(499);
    expect(throttled.checkPendingRequests).not.toHaveBeenCalled();
    jest.advanceTimersByTime(1);
    expect(throttled.checkPendingRequests).toHaveBeenCalledTimes(1);
  });
});
