import { Inject, Module, type OnModuleInit } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { CONTENT_KEYS, type ContentKeys } from '@registry/content-keys';
import { EVENT_STORE, type EventStore } from '@registry/event-store';
import { ConsumerRegistry, MESSAGING, projector, type Messaging } from '@registry/messaging';
import { errorCode, LOGGER, type Logger } from '@registry/observability';
import type { ReadModel } from '@registry/persistence';
import { consumerTroubleLog } from '@registry/runtime';
import { antigensOf, cvxOf, minimumIntervalDays } from '@registry/vaccine-codes';
import { PersonController } from './read/person.controller.js';
import { ReadPersonHandler, SearchPersonHandler } from './read/read-person.query.js';
import { RecordProjection, RECORD_TOPICS } from './record/record.projection.js';
import { QUERY_READ_MODEL } from './record/records.module.js';
import { RecordScrub } from './record/record-scrub.js';
import { SealedSources } from './record/sealed-sources.js';

/** Query: the record projection, and the way through the gate to it. */
@Module({
  imports: [CqrsModule],
  controllers: [PersonController],
  providers: [ReadPersonHandler, SearchPersonHandler],
})
export class QueryModule implements OnModuleInit {
  constructor(
    @Inject(EVENT_STORE) private readonly store: EventStore,
    @Inject(CONTENT_KEYS) private readonly contentKeys: ContentKeys | undefined,
    @Inject(MESSAGING) private readonly messaging: Messaging,
    @Inject(LOGGER) private readonly logger: Logger,
    @Inject(QUERY_READ_MODEL) private readonly readModel: ReadModel,
    private readonly consumers: ConsumerRegistry,
  ) {}

  onModuleInit(): void {
    // A process that only reads has no keys to open sources with, and leaves the projecting to one that has.
    if (this.contentKeys === undefined) return;
    const scrub = new RecordScrub(this.readModel, (error) =>
      this.logger.warn('query.scrub-failed', { code: errorCode(error) }),
    );
    const sources = new SealedSources(this.store, this.contentKeys);
    const facts = { cvxOf, antigensOf, minimumIntervalDays };
    const projection = new RecordProjection(this.store, sources, facts, () => scrub.soon());
    // What a crash left behind.
    scrub.soon();
    this.consumers.add(
      projector(this.messaging, {
        group: 'query-records',
        topics: RECORD_TOPICS,
        readModel: this.readModel,
        onTrouble: consumerTroubleLog(this.logger),
        project: (deliveries) => projection.project(deliveries),
      }),
    );
  }
}
