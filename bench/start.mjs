import { setTimeout as pause } from 'node:timers/promises';
import { startRegistry } from '../tools/running-registry.mjs';

const ROUNDS = 5;

/** Time from the start of the program, already built, on an empty folder to listening, and its size when idle. */
export const start = async () => {
  const times = [];
  const sizes = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const registry = await startRegistry();
    times.push(registry.startMs);
    await pause(2_000);
    sizes.push(registry.resident().now);
    await registry.stop();
  }
  const middle = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
  return {
    'start to listening, ms (median of 5)': Math.round(middle(times)),
    'slowest, ms': Math.round(Math.max(...times)),
    'resident when idle, MiB (median of 5)': Math.round(middle(sizes)),
  };
};
