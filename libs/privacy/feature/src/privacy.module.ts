import { Inject, Module, type BeforeApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { CONTENT_KEYS, type ContentKeys } from '@registry/content-keys';
import { EVENT_STORE, type EventStore } from '@registry/event-store';
import { ConsumerRegistry, MESSAGING, type Messaging } from '@registry/messaging';
import { errorCode, LOGGER, type Logger } from '@registry/observability';
import type { ReadModel } from '@registry/persistence';
import { ReleaseGate } from '@registry/privacy-gate';
import { CLOCK, consumerTroubleLog, ReadModels, type Clock } from '@registry/runtime';
import { AuditController } from './audit/audit.controller.js';
import { PrivacyHistoryQuery } from './audit/privacy-history.js';
import { RequestController } from './request/request.controller.js';
import {
  ApproveRequestHandler,
  RejectRequestHandler,
  SubmitRequestHandler,
  VerifyRequestHandler,
} from './request/request.handlers.js';
import { CreateRequestList1700000000100, requestListProjector, RequestRow } from './request/request-list.js';
import { REQUEST_LIST, RequestList } from './request/request-list.query.js';
import { RequestRepository } from './request/request.repository.js';
import { requestTopic } from './request/request.topic.js';
import { HolderTrouble } from './holder/holder-trouble.js';
import { holderReactor } from './holder/holder.reactor.js';
import { mergeReactor } from './merge/merge.reactor.js';
import { noticeTopic } from './notice/notice.topic.js';
import { applicationReactor } from './setting/application.reactor.js';
import { openingReactor } from './setting/opening.reactor.js';
import { reviewReactor } from './setting/review.reactor.js';
import { settingTopic } from './setting/setting.topic.js';
import { SignalController } from './signals/signal.controller.js';
import { signalReactor } from './signals/signal.reactor.js';
import { signalTopic } from './signals/signal.topic.js';
import { StoppedSignals } from './signals/stopped-signals.query.js';

const READ_MODEL = Symbol('PrivacyReadModel');

/** An agreement lapses at midnight; an hour late is soon enough to tell. */
const SWEEP_EVERY_MS = 3_600_000;

/** Privacy: settings, the requests that change them, and their history. */
@Module({
  imports: [CqrsModule],
  controllers: [RequestController, AuditController, SignalController],
  providers: [
    RequestRepository,
    PrivacyHistoryQuery,
    HolderTrouble,
    StoppedSignals,
    SubmitRequestHandler,
    VerifyRequestHandler,
    ApproveRequestHandler,
    RejectRequestHandler,
    {
      provide: READ_MODEL,
      useFactory: (readModels: ReadModels) =>
        readModels.open({
          context: 'privacy',
          entities: [RequestRow],
          migrations: [CreateRequestList1700000000100],
        }),
      inject: [ReadModels],
    },
    {
      provide: REQUEST_LIST,
      useFactory: (readModel: ReadModel) => new RequestList(readModel),
      inject: [READ_MODEL],
    },
  ],
})
export class PrivacyModule implements OnModuleInit, BeforeApplicationShutdown {
  private sweeping: NodeJS.Timeout | undefined;
  private sweep: Promise<unknown> = Promise.resolve();

  constructor(
    @Inject(EVENT_STORE) private readonly store: EventStore,
    @Inject(CONTENT_KEYS) private readonly contentKeys: ContentKeys,
    @Inject(MESSAGING) private readonly messaging: Messaging,
    @Inject(LOGGER) private readonly logger: Logger,
    @Inject(READ_MODEL) private readonly readModel: ReadModel,
    @Inject(CLOCK) private readonly clock: Clock,
    private readonly gate: ReleaseGate,
    private readonly holders: HolderTrouble,
    private readonly requests: RequestRepository,
    private readonly consumers: ConsumerRegistry,
  ) {}

  onModuleInit(): void {
    this.messaging.declare(settingTopic);
    this.messaging.declare(requestTopic);
    this.messaging.declare(noticeTopic);
    this.messaging.declare(signalTopic);
    const { store, contentKeys, gate, clock, requests, messaging, readModel } = this;
    const onTrouble = consumerTroubleLog(this.logger);
    this.consumers.add(
      openingReactor({ store, messaging, readModel, onTrouble }),
      applicationReactor({ store, gate, requests, messaging, readModel, onTrouble }),
      reviewReactor({ store, gate, messaging, readModel, onTrouble }),
      mergeReactor({ store, gate, messaging, readModel, onTrouble }),
      requestListProjector(messaging, readModel, onTrouble),
      signalReactor({ store, contentKeys, gate, clock, messaging, readModel, onTrouble }),
      holderReactor(this.holders, messaging, readModel, onTrouble),
    );
    this.startSweeping();
  }

  async beforeApplicationShutdown(): Promise<void> {
    clearInterval(this.sweeping);
    await this.sweep;
  }

  private startSweeping(): void {
    const sweep = () => {
      this.sweep = this.sweep
        .then(() => this.holders.sweepLapsed())
        .catch((error: unknown) => this.logger.warn('privacy.sweep-failed', { code: errorCode(error) }));
    };
    sweep();
    this.sweeping = setInterval(sweep, SWEEP_EVERY_MS);
    this.sweeping.unref();
  }
}
