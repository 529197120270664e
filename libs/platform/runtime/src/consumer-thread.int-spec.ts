import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Logger } from '@registry/observability';
import { ConsumerThread } from './consumer-thread.js';

/** Speaks as `runConsumerThread` does; a replay of dead letters ends it, as a fault in native code would. */
const THREAD = `
  const { parentPort, workerData } = require('node:worker_threads');
  parentPort.on('message', ({ id, call }) => {
    if (call === 'replayDeadLetters') throw new Error('A fault');
    if (call === 'deadLetters') parentPort.postMessage({ kind: 'failure', id, code: 'READ_MODEL.AWAY' });
    else parentPort.postMessage({ kind: 'answer', id, result: undefined });
    if (call === 'start') parentPort.postMessage({ kind: 'standing', caughtUp: true, lateness: 7 });
    if (call === 'stop') parentPort.close();
  });
  if (workerData.stores.DATA_DIR === '/nowhere') throw new Error('No folder');
  parentPort.postMessage({ kind: 'ready' });
`;

const until = async (holds: () => boolean): Promise<void> => {
  while (!holds()) await new Promise((resolve) => setImmediate(resolve));
};

describe('A consumer on a thread of its own', () => {
  let folder: string;
  let file: string;
  const faults: string[] = [];
  const logger = { error: (event: string) => faults.push(event) } as unknown as Logger;
  const settings = (DATA_DIR: string) =>
    ({
      stores: { DATA_DIR, EVENT_STORE: 'sqlite', READ_MODELS: 'sqlite', CONTENT_KEYS: 'sqlite' },
      logLevel: 'silent',
      owns: [],
    }) as const;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'consumer-thread-'));
    file = join(folder, 'thread.cjs');
    writeFileSync(file, THREAD);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('starts, says how far it is, passes failures on by their code, and stops', async () => {
    const thread = await ConsumerThread.launch('group', file, settings(folder), logger);
    expect(thread.isCaughtUp()).toBe(false);
    await thread.start();
    await until(() => thread.isCaughtUp());
    expect(thread.lateness()).toBe(7);
    await expect(thread.deadLetters()).rejects.toMatchObject({ code: 'READ_MODEL.AWAY' });
    await thread.stop();
    await thread.stop();
    await expect(thread.deadLetters()).rejects.toMatchObject({ code: 'READ_MODEL.CLOSED' });
  });

  it('is started again when it dies, and is behind until it has caught up', async () => {
    const thread = await ConsumerThread.launch('group', file, settings(folder), logger);
    await thread.start();
    await until(() => thread.isCaughtUp());
    await expect(thread.replayDeadLetters()).rejects.toMatchObject({ code: 'READ_MODEL.CLOSED' });
    expect(thread.isCaughtUp()).toBe(false);
    await until(() => thread.isCaughtUp());
    expect(faults).toContain('consumer.thread-failed');
    await thread.stop();
  });

  it('is a failure to start when it never stands', async () => {
    await expect(ConsumerThread.launch('group', file, settings('/nowhere'), logger)).rejects.toThrow(
      'No folder',
    );
  });
});
