import { join } from 'node:path';
import {
  openPostgresContentKeys,
  openPostgresKeyReader,
  openSqliteContentKeys,
  openSqliteKeyReader,
  type ContentKeys,
  type KeyReader,
} from '@registry/content-keys';
import {
  openEventStoreDb,
  openPostgresEventStore,
  openSqliteEventStore,
  type EventStore,
} from '@registry/event-store';
import { openPostgresReadModel, openReadModel, type ReadModel } from '@registry/persistence';
import type { Clock } from './clock.js';
import type { Configuration } from './configuration.js';

/** What of the configuration picks the stores: values that a thread can be given. */
export type StoreSettings = Pick<
  Configuration,
  'DATA_DIR' | 'EVENT_STORE' | 'EVENTSTORE_URL' | 'READ_MODELS' | 'CONTENT_KEYS' | 'POSTGRES_URL' | 'KEYS_DIR'
>;

/** How often a reader of the log looks for new events, ms: a look costs some microseconds. */
const POLL_MS = 10;

const postgresOf = ({ POSTGRES_URL = '' }: StoreSettings): { readonly connectionString: string } => ({
  connectionString: POSTGRES_URL,
});

/** Where the registry's own keys are: the key ring, and what wraps content keys. */
export const keyFolderOf = ({ KEYS_DIR, DATA_DIR }: Pick<StoreSettings, 'KEYS_DIR' | 'DATA_DIR'>): string =>
  KEYS_DIR ?? join(DATA_DIR, 'keys');

/** Of a server, the same for whoever writes and whoever reads. */
const openServerStore = (settings: StoreSettings): Promise<EventStore> | undefined => {
  switch (settings.EVENT_STORE) {
    case 'postgres':
      return openPostgresEventStore(postgresOf(settings));
    case 'eventstoredb':
      return openEventStoreDb({ connectionString: settings.EVENTSTORE_URL ?? '' });
    case 'sqlite':
      return undefined;
  }
};

/** @throws StoreUnavailable @throws the file is another process's */
export const openStore = async (settings: StoreSettings, clock: Clock): Promise<EventStore> =>
  openServerStore(settings) ??
  openSqliteEventStore({
    file: join(settings.DATA_DIR, 'events.db'),
    now: () => clock.now(),
    writer: 'thread',
  });

/** For a thread or process beside the one that writes. */
export const openStoreToRead = async (settings: StoreSettings): Promise<EventStore> =>
  openServerStore(settings) ??
  openSqliteEventStore({
    file: join(settings.DATA_DIR, 'events.db'),
    readOnly: true,
    pollInterval: POLL_MS,
  });

/** @throws ContentKeysUnavailable @throws SecretFileRefused */
export const openContentKeys = (
  settings: StoreSettings,
  onTrouble: (error: unknown) => void,
): Promise<ContentKeys> =>
  settings.CONTENT_KEYS === 'postgres'
    ? openPostgresContentKeys({ ...postgresOf(settings), wrappingKeys: keyFolderOf(settings), onTrouble })
    : openSqliteContentKeys({ file: join(settings.DATA_DIR, 'keys.db') });

export const openKeyReader = (settings: StoreSettings): KeyReader =>
  settings.CONTENT_KEYS === 'postgres'
    ? openPostgresKeyReader({ ...postgresOf(settings), wrappingKeys: keyFolderOf(settings) })
    : openSqliteKeyReader({ file: join(settings.DATA_DIR, 'keys.db') });

type Schema = Omit<Parameters<typeof openPostgresReadModel>[0], 'connectionString'>;

/** @throws ReadModelNotReady @throws ReadModelUnavailable */
export const openReadModelOf = (
  settings: StoreSettings,
  { context, ...schema }: Schema,
): Promise<ReadModel> =>
  settings.READ_MODELS === 'postgres'
    ? openPostgresReadModel({ ...postgresOf(settings), context, ...schema })
    : openReadModel({ file: join(settings.DATA_DIR, `read-${context.replace('_', '-')}.db`), ...schema });
