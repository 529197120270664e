import { ConsumerRegistry } from './consumer-registry.js';
import type { RunningConsumer } from './running-consumer.js';

const consumer = (group: string, lateness?: () => number | undefined): RunningConsumer => ({
  group,
  start: () => Promise.resolve(),
  stop: () => Promise.resolve(),
  isCaughtUp: () => false,
  deadLetters: () => Promise.resolve([]),
  replayDeadLetters: () => Promise.resolve({ replayed: 0, remaining: 0 }),
  ...(lateness === undefined ? {} : { lateness }),
});

/** How long work that can wait is held up, ms. */
const heldUpFor = async (...consumers: readonly RunningConsumer[]): Promise<number> => {
  const registry = new ConsumerRegistry();
  registry.add(...consumers);
  const began = performance.now();
  await registry.whileLate();
  return performance.now() - began;
};

describe('Work that can wait', () => {
  it('is not held up by consumers that keep up, or that cannot tell', async () => {
    expect(
      await heldUpFor(
        consumer('in-time', () => 150),
        consumer('cannot-tell'),
        consumer('not-started', () => undefined),
      ),
    ).toBeLessThan(900);
  });

  it('goes on as soon as the last that was late is not any more', async () => {
    const until = performance.now() + 150;
    await heldUpFor(
      consumer('in-time', () => 0),
      consumer('late', () => (performance.now() < until ? 30_000 : 0)),
    );
    expect(performance.now()).toBeGreaterThanOrEqual(until);
    expect(performance.now()).toBeLessThan(until + 800);
  });

  it('goes on after a while whoever is late', async () => {
    const time = await heldUpFor(consumer('stuck', () => 3_600_000));
    expect(time).toBeGreaterThanOrEqual(995);
    expect(time).toBeLessThan(10_000);
  });
});
