import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FakeEventStoreServer } from '@registry/testing-eventstore';
import { type EventStore } from '../event-store.port.js';
import { openSqliteEventStore } from '../sqlite-event-store.js';

export interface Fake {
  readonly server: FakeEventStoreServer;
  /** What the server keeps its events in. */
  readonly backing: EventStore;
  readonly stop: () => Promise<void>;
}

/** A fake server with a store of its own, which goes with it. */
export const startFake = async (): Promise<Fake> => {
  const folder = mkdtempSync(join(tmpdir(), 'eventstoredb-'));
  const backing = await openSqliteEventStore({ file: join(folder, 'events.db'), writer: 'inline' });
  const server = await FakeEventStoreServer.start({ store: backing });
  return {
    server,
    backing,
    stop: async () => {
      await server.stop();
      await backing.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
};
