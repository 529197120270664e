import { Global, Module, type DynamicModule } from '@nestjs/common';
import { CONTENT_KEYS } from '@registry/content-keys';
import { EVENT_STORE } from '@registry/event-store';
import { LOGGER, type Logger } from '@registry/observability';
import type { ReadModel } from '@registry/persistence';
import { RECORD_SOURCE } from '@registry/privacy-gate';
import { Configuration, ConsumerThread, ReadModels } from '@registry/runtime';
import { openRecords, RECORD_GROUP } from './record-consumer.js';
import { StoredRecords } from './stored-records.js';

export const QUERY_READ_MODEL = Symbol('QueryReadModel');
/** The thread that projects, where it is not this one. */
export const RECORD_THREAD = Symbol('RecordThread');

/** The records of the process, for its gate. */
@Global()
@Module({})
export class RecordsModule {
  /** @param thread JavaScript file of the thread that projects; without one this thread does, if the process projects at all */
  static forRoot({ thread }: { readonly thread?: string | undefined } = {}): DynamicModule {
    return {
      module: RecordsModule,
      providers: [
        {
          provide: RECORD_THREAD,
          // The stores come first: the thread opens what they have made.
          useFactory: (logger: Logger, configuration: Configuration) =>
            thread === undefined ? undefined : launch(thread, configuration, logger),
          inject: [LOGGER, Configuration, EVENT_STORE, CONTENT_KEYS],
        },
        {
          provide: QUERY_READ_MODEL,
          useFactory: (readModels: ReadModels, projecting: ConsumerThread | undefined) =>
            projecting === undefined ? openRecords(readModels) : openRecords(readModels, { readOnly: true }),
          inject: [ReadModels, RECORD_THREAD],
        },
        {
          provide: StoredRecords,
          useFactory: (readModel: ReadModel) => new StoredRecords(readModel),
          inject: [QUERY_READ_MODEL],
        },
        { provide: RECORD_SOURCE, useExisting: StoredRecords },
      ],
      exports: [RECORD_SOURCE, StoredRecords, QUERY_READ_MODEL, RECORD_THREAD],
    };
  }
}

const launch = (file: string, configuration: Configuration, logger: Logger): Promise<ConsumerThread> => {
  const { DATA_DIR, EVENT_STORE: store, POSTGRES_URL, LOG_LEVEL } = configuration;
  const settings = {
    configuration: {
      DATA_DIR,
      EVENT_STORE: store,
      LOG_LEVEL,
      ...(POSTGRES_URL === undefined ? {} : { POSTGRES_URL }),
    },
  };
  return ConsumerThread.launch(RECORD_GROUP, file, settings, logger);
};
