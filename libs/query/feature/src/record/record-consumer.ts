import type { KeyReader } from '@registry/content-keys';
import type { EventStore } from '@registry/event-store';
import { projector, type Messaging, type RunningConsumer } from '@registry/messaging';
import { errorCode, type Logger } from '@registry/observability';
import type { ReadModel } from '@registry/persistence';
import { consumerTroubleLog, type ReadModels, type ThreadParts } from '@registry/runtime';
import type { VaccineFacts } from '@registry/query-domain';
import { antigensOf, cvxOf, minimumIntervalDays } from '@registry/vaccine-codes';
import { AddArrival1700000000310 } from './add-arrival.migration.js';
import { AddEvidence1700000000330 } from './add-evidence.migration.js';
import { AddMerges1700000000320 } from './add-merges.migration.js';
import { ClusterTables1700000000340 } from './cluster-tables.migration.js';
import { CreateRecordTables1700000000300 } from './create-record-tables.migration.js';
import { RECORD_ENTITIES } from './record-rows.js';
import { RecordProjection, RECORD_TOPICS } from './record.projection.js';
import { RecordScrub } from './record-scrub.js';
import { SealedSources } from './sealed-sources.js';

export const RECORD_GROUP = 'query-records';

export const RECORD_MIGRATIONS = [
  CreateRecordTables1700000000300,
  AddArrival1700000000310,
  AddMerges1700000000320,
  AddEvidence1700000000330,
  ClusterTables1700000000340,
] as const;

/** @param readOnly somebody else projects */
export const openRecords = (
  readModels: ReadModels,
  { readOnly = !readModels.owns('query') }: { readonly readOnly?: boolean } = {},
): Promise<ReadModel> =>
  readModels.open(
    {
      context: 'query',
      entities: RECORD_ENTITIES,
      migrations: [...RECORD_MIGRATIONS],
    },
    { readOnly },
  );

export const vaccineFacts: VaccineFacts = { cvxOf, antigensOf, minimumIntervalDays };

export interface RecordConsumerParts {
  readonly store: EventStore;
  readonly contentKeys: KeyReader;
  readonly messaging: Messaging;
  readonly readModel: ReadModel;
  readonly logger: Logger;
}

/** The consumer that keeps the record projection. */
export const recordConsumer = ({
  store,
  contentKeys,
  messaging,
  readModel,
  logger,
}: RecordConsumerParts): RunningConsumer => {
  const scrub = new RecordScrub(readModel, (error) =>
    logger.warn('query.scrub-failed', { code: errorCode(error) }),
  );
  const projection = new RecordProjection(store, new SealedSources(store, contentKeys), vaccineFacts, () =>
    scrub.soon(),
  );
  // What a crash left behind.
  scrub.soon();
  return projector(messaging, {
    group: RECORD_GROUP,
    topics: RECORD_TOPICS,
    readModel,
    onTrouble: consumerTroubleLog(logger),
    project: (deliveries) => projection.project(deliveries),
  });
};

/** The same on a thread of its own. Its topics are declared by whoever knows all contexts. */
export const recordConsumerOn = async ({ readModels, ...parts }: ThreadParts): Promise<RunningConsumer> =>
  recordConsumer({ ...parts, readModel: await openRecords(readModels) });
