import { Global, Module } from '@nestjs/common';
import { CALLER_DIRECTORY } from '@registry/access';
import { EVENT_STORE, type EventStore } from '@registry/event-store';
import type { ReadModel } from '@registry/persistence';
import { ReadModels } from '@registry/runtime';
import { ACCESS_ENTITIES, CreateAccessTables1700000000200 } from './access-rows.js';
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
          migrations: [CreateAccessTables1700000000200],
        }),
      inject: [ReadModels],
    },
    {
      provide: StoredCallers,
      useFactory: (store: EventStore, readModel: ReadModel) => new StoredCallers(store, readModel),
      inject: [EVENT_STORE, DIRECTORY_READ_MODEL],
    },
    { provide: CALLER_DIRECTORY, useExisting: StoredCallers },
  ],
  exports: [CALLER_DIRECTORY, StoredCallers, DIRECTORY_READ_MODEL],
})
export class CallersModule {}
