import { randomUUID } from 'node:crypto';
import { Inject, Module, type OnModuleInit } from '@nestjs/common';
import { CONTENT_KEYS, type ContentKeys } from '@registry/content-keys';
import { EVENT_STORE, type EventStore } from '@registry/event-store';
import { fieldMatcher } from '@registry/identity-domain';
import { batchReactor, ConsumerRegistry, MESSAGING, type Messaging } from '@registry/messaging';
import { errorCode, LOGGER, type Logger } from '@registry/observability';
import { consumerTroubleLog, ReadModels } from '@registry/runtime';
import { decisionTopic } from './decision.topic.js';
import { reviewTopic } from './review/review.topic.js';
import { IDENTITY_GROUP, IdentityLinker } from './identity-linker.js';

/** Identity: decides which submissions and requests are about one person. It has no routes. */
@Module({})
export class IdentityModule implements OnModuleInit {
  constructor(
    @Inject(EVENT_STORE) private readonly store: EventStore,
    @Inject(CONTENT_KEYS) private readonly contentKeys: ContentKeys,
    @Inject(MESSAGING) private readonly messaging: Messaging,
    @Inject(LOGGER) private readonly logger: Logger,
    private readonly readModels: ReadModels,
    private readonly consumers: ConsumerRegistry,
  ) {}

  async onModuleInit(): Promise<void> {
    this.messaging.declare(decisionTopic);
    this.messaging.declare(reviewTopic);
    const readModel = await this.readModels.open({ context: 'identity', entities: [], migrations: [] });
    const linker = new IdentityLinker(this.store, this.contentKeys, fieldMatcher, randomUUID);
    // Whatever stops it, the first batch goes on with it.
    linker
      .warmUp()
      .catch((error: unknown) => this.logger.warn('identity.not-warmed-up', { code: errorCode(error) }));
    this.consumers.add(
      batchReactor(this.messaging, {
        group: IDENTITY_GROUP,
        topics: ['ingestion.submissions.v1', 'privacy.requests.v1'],
        readModel,
        onTrouble: consumerTroubleLog(this.logger),
        reactToAll: (deliveries) => linker.decideAll(deliveries),
      }),
    );
  }
}
