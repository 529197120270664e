import { Global, Module } from '@nestjs/common';
import { KEY_RING, type KeyRing } from '@registry/content-keys';
import { EVENT_STORE, type EventStore } from '@registry/event-store';
import { Configuration } from '@registry/runtime';
import { Custody, type CustodialSource } from './custody.js';
import { systemGateClock } from './gate-clock.js';
import { StoredInquiryJournal } from './inquiry-journal.js';
import type { RecordSource } from './person-record.js';
import { ReleaseGate } from './release-gate.js';

/** Provided globally by whoever keeps the records of the process. */
export const RECORD_SOURCE = Symbol('RecordSource');

/** Provided where custodial tasks and the individual's own view are served; a process that only reads has none. */
export const CUSTODIAL_SOURCE = Symbol('CustodialSource');

/** The one gate of the process: reads and setting changes must share it, or its lanes would not order them. */
@Global()
@Module({
  providers: [
    {
      provide: ReleaseGate,
      useFactory: (store: EventStore, keys: KeyRing, records: RecordSource, configuration: Configuration) =>
        new ReleaseGate({
          store,
          records,
          journal: new StoredInquiryJournal(store, keys, systemGateClock),
          processes: configuration.gateProcesses,
        }),
      inject: [EVENT_STORE, KEY_RING, RECORD_SOURCE, Configuration],
    },
    {
      provide: Custody,
      useFactory: (store: EventStore, source: CustodialSource) => new Custody(store, source, systemGateClock),
      inject: [EVENT_STORE, CUSTODIAL_SOURCE],
    },
  ],
  exports: [ReleaseGate, Custody],
})
export class GateModule {}
