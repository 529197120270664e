import fc from 'fast-check';
import { MemoryTokenBuckets, type Rate } from './token-buckets.js';

const RATE: Rate = { perMinute: 60, burst: 5 };

/** Buckets on a clock that the test sets. */
const bucketsAt = (start = 0, maxNames?: number) => {
  const clock = { now: start };
  return { clock, buckets: new MemoryTokenBuckets(() => clock.now, maxNames) };
};

const takeTimes = async (buckets: MemoryTokenBuckets, times: number, name = 'a', rate = RATE) => {
  let through = 0;
  for (let time = 0; time < times; time += 1) if ((await buckets.take(name, rate)) === 0) through += 1;
  return through;
};

describe('Token buckets', () => {
  it('let a burst through, then one at a time', async () => {
    const { clock, buckets } = bucketsAt();
    expect(await takeTimes(buckets, 8)).toBe(5);
    expect(await buckets.take('a', RATE)).toBe(1_000);
    clock.now = 999;
    expect(await buckets.take('a', RATE)).toBe(1);
    clock.now = 1_000;
    expect(await takeTimes(buckets, 3)).toBe(1);
  });

  it('fill up again, and no further', async () => {
    const { clock, buckets } = bucketsAt();
    await takeTimes(buckets, 5);
    clock.now = 3_600_000;
    expect(await takeTimes(buckets, 9)).toBe(5);
  });

  it('count names apart', async () => {
    const { buckets } = bucketsAt();
    expect(await takeTimes(buckets, 9, 'a')).toBe(5);
    expect(await takeTimes(buckets, 9, 'b')).toBe(5);
  });

  it('take nothing by looking, and on credit by charging', async () => {
    const { buckets } = bucketsAt();
    for (let time = 0; time < 9; time += 1) expect(await buckets.wait('a', RATE)).toBe(0);
    for (let time = 0; time < 7; time += 1) await buckets.charge('a', RATE);
    expect(await buckets.wait('a', RATE)).toBe(3_000);
  });

  it('remember a bounded number of names, the latest', async () => {
    const { buckets } = bucketsAt(0, 100);
    for (let name = 0; name < 1_000; name += 1) await takeTimes(buckets, 5, String(name));
    expect(buckets.size).toBeLessThanOrEqual(101);
    expect(await takeTimes(buckets, 1, '999')).toBe(0);
  });

  it('forget after a minute or two whom nobody named again', async () => {
    const { clock, buckets } = bucketsAt();
    await takeTimes(buckets, 1, 'gone');
    for (clock.now = 60_000; clock.now <= 120_000; clock.now += 60_000) await takeTimes(buckets, 1, 'here');
    expect(buckets.size).toBeLessThanOrEqual(2);
  });

  it('let through no more than the limit plus the burst, in whatever window and order', async () => {
    const anyRate = fc
      .tuple(fc.integer({ min: 1, max: 10_000 }), fc.double({ min: 0, max: 1, noNaN: true }))
      .map(([perMinute, share]): Rate => ({ perMinute, burst: Math.max(1, perMinute * share) }));
    const anyRequests = fc.array(
      fc.record({
        after: fc.nat(5_000),
        name: fc.constantFrom('a', 'b'),
        at: fc.integer({ min: 1, max: 40 }),
      }),
      { minLength: 1, maxLength: 60 },
    );
    await fc.assert(
      fc.asyncProperty(anyRate, anyRequests, async (rate, requests) => {
        const { clock, buckets } = bucketsAt(1_000_000);
        const through: Record<string, number[]> = { a: [], b: [] };
        for (const { after, name, at } of requests) {
          clock.now += after;
          for (let time = 0; time < at; time += 1)
            if ((await buckets.take(name, rate)) === 0) through[name]?.push(clock.now);
        }
        for (const times of Object.values(through)) {
          times.forEach((from, first) => {
            times.slice(first).forEach((to, more) => {
              const allowed = rate.burst + (rate.perMinute * (to - from)) / 60_000;
              expect(more + 1).toBeLessThanOrEqual(allowed + 1e-6);
            });
          });
        }
      }),
      { numRuns: 60 },
    );
  });

  it('let through whoever waits as long as they were told', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 10_000 }), fc.nat(200), async (perMinute, times) => {
        const { clock, buckets } = bucketsAt();
        const rate = { perMinute, burst: 3 };
        for (let time = 0; time < times; time += 1) {
          clock.now += Math.ceil(await buckets.wait('a', rate));
          expect(await buckets.take('a', rate)).toBe(0);
        }
      }),
    );
  });
});
