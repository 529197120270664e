import { Inject, Module, type BeforeApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { EVENT_STORE, type EventStore } from '@registry/event-store';
import { EXCHANGE, type Exchange } from '@registry/exchange';
import { ConsumerRegistry, MESSAGING, type Messaging } from '@registry/messaging';
import { errorCode, LOGGER, METRICS, type Logger, type Metrics } from '@registry/observability';
import type { ReadModel } from '@registry/persistence';
import { CLOCK, consumerTroubleLog, measureOverdue, ReadModels, type Clock } from '@registry/runtime';
import { FoldedRecords } from '../record/folded-records.js';
import { RECORD_GROUP } from '../record/record-consumer.js';
import { QUERY_READ_MODEL } from '../record/records.module.js';
import { StoredRecords } from '../record/stored-records.js';
import { RecordLooker } from './record-looker.js';
import { recordPublisher } from './record-publisher.js';
import { subscribedRecordProjector } from './subscribed-record.projector.js';
import { SubscriberController } from './subscriber.controller.js';
import { SUBSCRIBER_FEED, SubscriberFeed } from './subscriber-feed.query.js';
import { SubscriberIndex } from './subscriber-index.js';
import { SubscriptionController } from './subscription.controller.js';
import {
  AcknowledgeWithdrawalHandler,
  EndSubscriptionHandler,
  SubscribeHandler,
} from './subscription.handlers.js';
import { subscriptionReactor } from './subscription.reactor.js';
import { SubscriptionSweep } from './subscription-sweep.js';
import { subscriptionTopic } from './subscription.topic.js';
import { openSubscriptions, SUBSCRIPTIONS_READ_MODEL } from './subscriptions-read-model.js';

/** A few reads for each subscriber. */
const SWEEP_EVERY_MS = 5_000;
const RETRY_AFTER_MS = 1_000;

/** Downstream: who is told of records, and of what it may no longer have. Of a process that owns `query`. */
@Module({
  imports: [CqrsModule],
  controllers: [SubscriptionController, SubscriberController],
  providers: [
    SubscribeHandler,
    EndSubscriptionHandler,
    AcknowledgeWithdrawalHandler,
    { provide: SUBSCRIPTIONS_READ_MODEL, useFactory: openSubscriptions, inject: [ReadModels, EVENT_STORE] },
    {
      provide: SUBSCRIBER_FEED,
      useFactory: (readModel: ReadModel) => new SubscriberFeed(readModel),
      inject: [SUBSCRIPTIONS_READ_MODEL],
    },
  ],
})
export class SubscriptionModule implements OnModuleInit, BeforeApplicationShutdown {
  private sweep: SubscriptionSweep | undefined;
  private sweeping: NodeJS.Timeout | undefined;
  private retrying: NodeJS.Timeout | undefined;

  constructor(
    @Inject(EVENT_STORE) private readonly store: EventStore,
    @Inject(MESSAGING) private readonly messaging: Messaging,
    @Inject(LOGGER) private readonly logger: Logger,
    @Inject(METRICS) private readonly metrics: Metrics,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(SUBSCRIPTIONS_READ_MODEL) private readonly readModel: ReadModel,
    @Inject(QUERY_READ_MODEL) private readonly records: ReadModel,
    @Inject(SUBSCRIBER_FEED) private readonly feed: SubscriberFeed,
    @Inject(EXCHANGE) private readonly exchange: Exchange | undefined,
    private readonly storedRecords: StoredRecords,
    private readonly consumers: ConsumerRegistry,
  ) {}

  onModuleInit(): void {
    const { store, messaging, clock, readModel, records, feed, exchange, storedRecords, consumers } = this;
    measureOverdue(
      this.metrics,
      readModel,
      clock,
      'withdrawals',
      `SELECT organization_id AS kind, COUNT(*) AS overdue FROM subscribed_record
        WHERE due_at > '' AND due_at <= ? GROUP BY organization_id`,
    );
    messaging.declare(subscriptionTopic);
    const onTrouble = consumerTroubleLog(this.logger);
    const isBehind = () => consumers.behind().includes(RECORD_GROUP);
    const folded = new FoldedRecords(records, storedRecords, isBehind);
    const looker = new RecordLooker({ store, clock, folded });
    const index = new SubscriberIndex(readModel);
    const onCalled = () => this.sweepSoon();
    const reactor = subscriptionReactor({ index, looker, clock, messaging, readModel, onCalled, onTrouble });
    const projector = subscribedRecordProjector(messaging, readModel, onTrouble);
    const isCaughtUp = () => reactor.isCaughtUp() && projector.isCaughtUp();
    this.sweep = new SubscriptionSweep({ store, clock, readModel, index, looker, feed, isCaughtUp });
    consumers.add(reactor, projector);
    if (exchange !== undefined) consumers.add(recordPublisher(exchange, messaging, readModel, onTrouble));
    this.sweeping = setInterval(onCalled, SWEEP_EVERY_MS);
    this.sweeping.unref();
    onCalled();
  }

  async beforeApplicationShutdown(): Promise<void> {
    clearInterval(this.sweeping);
    clearTimeout(this.retrying);
    await this.sweep?.stop();
  }

  private sweepSoon(): void {
    clearTimeout(this.retrying);
    this.sweep?.run().catch((error: unknown) => {
      this.logger.warn('query.subscription-sweep-failed', { code: errorCode(error) });
      this.retrying = setTimeout(() => this.sweepSoon(), RETRY_AFTER_MS);
      this.retrying.unref();
    });
  }
}
