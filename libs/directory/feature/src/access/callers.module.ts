import { Global, Module } from '@nestjs/common';
import { CALLER_DIRECTORY } from '@registry/access';
import { EVENT_STORE, type EventStore } from '@registry/event-store';
import type { ReadModel } from '@registry/persistence';
import { CLOCK, ReadModels, type Clock } from '@registry/runtime';
import { ACCESS_ENTITIES, WidenAccessTables1700000000210 } from './access-rows.js';
import { StoredCallers } from './stored-callers.js';

export const DIRECTORY_READ_MODEL = Symbol('DirectoryReadModel');

/** Who may come in: for every process that has routes, also one that only reads. */
@Global()
@Module({
  providers: [
    {
      provide: DIRECTORY_READ_MODEL,
      useFactory: (readModels: ReadModels) =>
        readModels.open({
          context: 'directory',
          entities: ACCESS_ENTITIES,
          migrations: [WidenAccessTables1700000000210],
        }),
      inject: [ReadModels],
    },
    {
      provide: StoredCallers,
      useFactory: (store: EventStore, readModel: ReadModel, clock: Clock) =>
        new StoredCallers(store, readModel, clock),
      inject: [EVENT_STORE, DIRECTORY_READ_MODEL, CLOCK],
    },
    { provide: CALLER_DIRECTORY, useExisting: StoredCallers },
  ],
  exports: [CALLER_DIRECTORY, StoredCallers, DIRECTORY_READ_MODEL],
})
export class CallersModule {}
