import { Global, Module } from '@nestjs/common';
import type { ReadModel } from '@registry/persistence';
import { RECORD_SOURCE } from '@registry/privacy-gate';
import { ReadModels } from '@registry/runtime';
import { AddArrival1700000000310 } from './add-arrival.migration.js';
import { CreateRecordTables1700000000300 } from './create-record-tables.migration.js';
import { RECORD_ENTITIES } from './record-rows.js';
import { StoredRecords } from './stored-records.js';

export const QUERY_READ_MODEL = Symbol('QueryReadModel');

/** The records of the process, for its gate. */
@Global()
@Module({
  providers: [
    {
      provide: QUERY_READ_MODEL,
      useFactory: (readModels: ReadModels) =>
        readModels.open({
          context: 'query',
          entities: RECORD_ENTITIES,
          migrations: [CreateRecordTables1700000000300, AddArrival1700000000310],
        }),
      inject: [ReadModels],
    },
    {
      provide: StoredRecords,
      useFactory: (readModel: ReadModel) => new StoredRecords(readModel),
      inject: [QUERY_READ_MODEL],
    },
    { provide: RECORD_SOURCE, useExisting: StoredRecords },
  ],
  exports: [RECORD_SOURCE, StoredRecords, QUERY_READ_MODEL],
})
export class RecordsModule {}
