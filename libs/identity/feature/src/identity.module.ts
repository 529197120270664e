import { randomUUID } from 'node:crypto';
import { Inject, Module, type OnModuleInit } from '@nestjs/common';
import { CONTENT_KEYS, type ContentKeys } from '@registry/content-keys';
import { EVENT_STORE, type EventStore } from '@registry/event-store';
import { fieldMatcher } from '@registry/identity-domain';
import { batchReactor, ConsumerRegistry, MESSAGING, type Messaging } from '@registry/messaging';
import { errorCode, LOGGER, METRICS, type Logger, type Metrics } from '@registry/observability';
import type { ReadModel } from '@registry/persistence';
import { CLOCK, consumerTroubleLog, measureOverdue, ReadModels, type Clock } from '@registry/runtime';
import { decisionTopic } from './decision.topic.js';
import { IDENTITY_GROUP, IdentityLinker } from './identity-linker.js';
import { IDENTITY_READ_MODEL } from './read-model.js';
import { CreateReviews1700000000400, reviewProjector, ReviewRow } from './review/review-rows.js';
import { ReviewController } from './review/review.controller.js';
import { reviewReactor } from './review/review.reactor.js';
import { ReviewRepository } from './review/review.repository.js';
import { reviewTopic } from './review/review.topic.js';

/** Identity: decides which submissions and requests are about one person, and has staff look where it is not certain. */
@Module({
  controllers: [ReviewController],
  providers: [
    ReviewRepository,
    {
      provide: IDENTITY_READ_MODEL,
      useFactory: (readModels: ReadModels) =>
        readModels.open({
          context: 'identity',
          entities: [ReviewRow],
          migrations: [CreateReviews1700000000400],
        }),
      inject: [ReadModels],
    },
  ],
})
export class IdentityModule implements OnModuleInit {
  constructor(
    @Inject(EVENT_STORE) private readonly store: EventStore,
    @Inject(CONTENT_KEYS) private readonly contentKeys: ContentKeys,
    @Inject(MESSAGING) private readonly messaging: Messaging,
    @Inject(LOGGER) private readonly logger: Logger,
    @Inject(IDENTITY_READ_MODEL) private readonly readModel: ReadModel,
    @Inject(METRICS) private readonly metrics: Metrics,
    @Inject(CLOCK) private readonly clock: Clock,
    private readonly reviews: ReviewRepository,
    private readonly consumers: ConsumerRegistry,
  ) {}

  onModuleInit(): void {
    const { messaging, readModel, reviews } = this;
    measureOverdue(
      this.metrics,
      readModel,
      this.clock,
      'match-reviews',
      `SELECT kind, COUNT(*) AS overdue FROM review WHERE status = 'open' AND due_at < ? GROUP BY kind`,
    );
    messaging.declare(decisionTopic);
    messaging.declare(reviewTopic);
    const onTrouble = consumerTroubleLog(this.logger);
    const linker = new IdentityLinker(this.store, this.contentKeys, fieldMatcher, randomUUID);
    // Whatever stops it, the first batch goes on with it.
    linker
      .warmUp()
      .catch((error: unknown) => this.logger.warn('identity.not-warmed-up', { code: errorCode(error) }));
    this.consumers.add(
      batchReactor(messaging, {
        group: IDENTITY_GROUP,
        topics: [
          'ingestion.submissions.v1',
          'privacy.requests.v1',
          'privacy.settings.v1',
          'identity.reviews.v1',
        ],
        readModel,
        onTrouble,
        reactToAll: (deliveries) => linker.decideAll(deliveries),
      }),
      reviewReactor({ reviews, messaging, readModel, onTrouble }),
      reviewProjector(messaging, readModel, onTrouble),
    );
  }
}
