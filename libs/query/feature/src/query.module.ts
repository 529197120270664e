import { Inject, Module, type OnModuleInit } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { CONTENT_KEYS, type ContentKeys } from '@registry/content-keys';
import { EVENT_STORE, type EventStore } from '@registry/event-store';
import { ConsumerRegistry, MESSAGING, type Messaging } from '@registry/messaging';
import { LOGGER, type Logger } from '@registry/observability';
import type { ReadModel } from '@registry/persistence';
import type { ConsumerThread } from '@registry/runtime';
import { attestationTopic } from './read/attestation.topic.js';
import { AttestationJournal } from './read/attestation-journal.js';
import { AttestPersonHandler } from './read/attest-person.query.js';
import { PersonController } from './read/person.controller.js';
import { PersonLimit } from './read/person-limit.js';
import { ReadPersonHandler, SearchPersonHandler } from './read/read-person.query.js';
import { recordConsumer } from './record/record-consumer.js';
import { QUERY_READ_MODEL, RECORD_THREAD } from './record/records.module.js';

/** Query: the record projection, and the way through the gate to it. */
@Module({
  imports: [CqrsModule],
  controllers: [PersonController],
  providers: [PersonLimit, AttestationJournal, ReadPersonHandler, SearchPersonHandler, AttestPersonHandler],
})
export class QueryModule implements OnModuleInit {
  constructor(
    @Inject(EVENT_STORE) private readonly store: EventStore,
    @Inject(CONTENT_KEYS) private readonly contentKeys: ContentKeys | undefined,
    @Inject(MESSAGING) private readonly messaging: Messaging,
    @Inject(LOGGER) private readonly logger: Logger,
    @Inject(QUERY_READ_MODEL) private readonly readModel: ReadModel,
    @Inject(RECORD_THREAD) private readonly thread: ConsumerThread | undefined,
    private readonly consumers: ConsumerRegistry,
  ) {}

  onModuleInit(): void {
    this.messaging.declare(attestationTopic);
    if (this.thread !== undefined) {
      this.consumers.add(this.thread);
      return;
    }
    // A process that only reads has no keys to open sources with, and leaves the projecting to one that has.
    const { store, contentKeys, messaging, readModel, logger } = this;
    if (contentKeys === undefined) return;
    this.consumers.add(recordConsumer({ store, contentKeys, messaging, readModel, logger }));
  }
}
