import { Global, Module, type DynamicModule } from '@nestjs/common';
import { CONTENT_KEYS, type ContentKeys } from '@registry/content-keys';
import { EVENT_STORE, type EventStore } from '@registry/event-store';
import { LOGGER, type Logger } from '@registry/observability';
import type { ReadModel } from '@registry/persistence';
import { CUSTODIAL_SOURCE, RECORD_SOURCE, type CustodialSource } from '@registry/privacy-gate';
import { CLOCK, Configuration, ConsumerThread, ReadModels, type Clock } from '@registry/runtime';
import { OpenedRecords } from './opened-records.js';
import { openRecords, RECORD_GROUP, vaccineFacts } from './record-consumer.js';
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
          useFactory: (readModel: ReadModel, clock: Clock) => new StoredRecords(readModel, clock),
          inject: [QUERY_READ_MODEL, CLOCK],
        },
        { provide: RECORD_SOURCE, useExisting: StoredRecords },
        {
          provide: CUSTODIAL_SOURCE,
          useFactory: (
            store: EventStore,
            keys: ContentKeys | undefined,
            readModel: ReadModel,
          ): CustodialSource =>
            keys === undefined ? NOTHING_OPENED : new OpenedRecords(store, keys, readModel, vaccineFacts),
          inject: [EVENT_STORE, CONTENT_KEYS, QUERY_READ_MODEL],
        },
      ],
      exports: [RECORD_SOURCE, CUSTODIAL_SOURCE, StoredRecords, QUERY_READ_MODEL, RECORD_THREAD],
    };
  }
}

/** A process that only reads has no keys to open anything with. */
const NOTHING_OPENED: CustodialSource = {
  demographicsOf: () => Promise.resolve(undefined),
  recordOf: () => Promise.resolve(undefined),
};

const launch = (file: string, configuration: Configuration, logger: Logger): Promise<ConsumerThread> => {
  const settings = {
    // A thread gets values only.
    stores: { ...configuration },
    logLevel: configuration.LOG_LEVEL,
    owns: ['query'],
  } as const;
  return ConsumerThread.launch(RECORD_GROUP, file, settings, logger);
};
