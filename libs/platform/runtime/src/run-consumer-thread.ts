import { parentPort, workerData } from 'node:worker_threads';
import type { KeyReader } from '@registry/content-keys';
import type { EventStore } from '@registry/event-store';
import { EmbeddedMessaging, type Batching, type Messaging, type RunningConsumer } from '@registry/messaging';
import { createLogger, errorCode, type Logger } from '@registry/observability';
import { openKeyReader, openStoreToRead } from './adapters.js';
import type { Standing, ThreadMessage, ThreadRequest, ThreadSettings } from './consumer-thread.js';
import { ReadModels } from './read-models.js';

/** What a consumer on a thread of its own is made of. Events and keys can only be read. */
export interface ThreadParts {
  readonly store: EventStore;
  readonly contentKeys: KeyReader;
  readonly messaging: Messaging;
  readonly readModels: ReadModels;
  readonly logger: Logger;
}

/**
 * Nobody waits for an answer of this thread: in a larger batch more of one person's events are dealt with together, and the read model's
 * pages are written less often (a rebuild with 1,000 wrote 1.8 times as much).
 */
const BATCHING: Batching = { size: 4_000, pace: () => 50 };
const TELL_EVERY_MS = 20;

/** Runs a consumer on this thread for a `ConsumerThread` on the main one, until that says stop. */
export const runConsumerThread = (build: (parts: ThreadParts) => Promise<RunningConsumer>): void => {
  run(build).catch((error: unknown) => {
    // Ends the thread; the main one hears of it and starts another.
    throw error;
  });
};

const run = async (build: (parts: ThreadParts) => Promise<RunningConsumer>): Promise<void> => {
  const port = parentPort;
  if (port === null) throw new Error('Not on a thread of its own');
  const { stores, logLevel, owns } = workerData as ThreadSettings;
  const tell = (message: ThreadMessage) => port.postMessage(message);
  const store = await openStoreToRead(stores);
  const contentKeys = openKeyReader(stores);
  const readModels = new ReadModels(stores, owns);
  const consumer = await build({
    store,
    contentKeys,
    messaging: new EmbeddedMessaging(store, BATCHING),
    readModels,
    logger: createLogger(logLevel),
  });

  let told: Standing = { caughtUp: false, lateness: 0 };
  const telling = setInterval(() => {
    const standing = { caughtUp: consumer.isCaughtUp(), lateness: consumer.lateness?.() ?? 0 };
    if (standing.caughtUp === told.caughtUp && standing.lateness === told.lateness) return;
    told = standing;
    tell({ kind: 'standing', ...standing });
  }, TELL_EVERY_MS);
  const stop = async () => {
    clearInterval(telling);
    await consumer.stop();
    await readModels.closeAll();
    await contentKeys.close();
    await store.close();
  };
  port.on('message', ({ id, call }: ThreadRequest) => {
    const work = call === 'stop' ? stop() : consumer[call]();
    work.then(
      (result: unknown) => {
        tell({ kind: 'answer', id, result });
        if (call === 'stop') port.close();
      },
      (error: unknown) => tell({ kind: 'failure', id, code: errorCode(error) }),
    );
  });
  tell({ kind: 'ready' });
};
