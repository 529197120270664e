import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { type EventStore } from '../event-store.port.js';

export const LIBRARY = join(__dirname, '..', '..');
const SCRIPT = join(__dirname, 'append-until-killed.cjs');
const BATCH = 3;

/** Brings `dist` up to date with the sources, for the processes that run it. */
export const buildLibrary = (): void => {
  execFileSync(process.execPath, [require.resolve('typescript/bin/tsc'), '--build', LIBRARY], {
    stdio: 'inherit',
  });
};

/** Number of the last batch acknowledged, by stream. */
export type Acknowledged = ReadonlyMap<string, number>;

/**
 * Lets a process append until it has acknowledged `atLeast` batches, calls `whileItRuns`, then kills it in the middle of
 * its work.
 */
export const appendAndKill = async (
  adapter: 'sqlite-inline' | 'sqlite-thread' | 'postgres',
  target: string,
  prefix: string,
  atLeast: number,
  whileItRuns: () => Promise<void> = () => Promise.resolve(),
): Promise<Acknowledged> => {
  const child = spawn(process.execPath, [SCRIPT, adapter, target, prefix], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const closed = once(child, 'close');
  let output = '';
  for await (const chunk of child.stdout.setEncoding('utf8')) {
    output += String(chunk);
    if (child.killed || output.split('\n').length <= atLeast) continue;
    await whileItRuns();
    child.kill('SIGKILL');
  }
  const [, signal] = (await closed) as [number | null, string | null];
  if (signal !== 'SIGKILL') throw new Error('The process ended before it was killed');
  const lines = output.split('\n').slice(0, -1);
  return new Map(
    lines.map((line) => line.split(' ')).map(([stream, number]) => [String(stream), Number(number)]),
  );
};

/** Everything acknowledged is there, in full batches, in order, and nothing twice. */
export const expectNothingLost = async (store: EventStore, acknowledged: Acknowledged): Promise<void> => {
  expect(acknowledged.size).toBeGreaterThan(0);
  for (const [stream, last] of acknowledged) {
    const events = await store.read(stream, { limit: 1_000_000 });
    const batches = events.length / BATCH;
    expect(batches).toBeGreaterThan(last);
    const expected = Array.from({ length: batches }, (_, number) =>
      Array.from({ length: BATCH }, (__, index) => `${stream}/${number}/${index}`),
    ).flat();
    expect(events.map(({ id }) => id)).toStrictEqual(expected);
  }
};
