import { Inject, Module, type BeforeApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { CONTENT_KEYS, KEY_RING, type ContentKeys, type KeyRing } from '@registry/content-keys';
import { EVENT_STORE, type EventStore } from '@registry/event-store';
import { ConsumerRegistry, MESSAGING, type Messaging } from '@registry/messaging';
import { errorCode, LOGGER, METRICS, type Logger, type Metrics } from '@registry/observability';
import type { ReadModel } from '@registry/persistence';
import { ReleaseGate } from '@registry/privacy-gate';
import { CLOCK, consumerTroubleLog, measureOverdue, ReadModels, type Clock } from '@registry/runtime';
import { AttestationController } from './attestation/attestation.controller.js';
import { attestationReactor } from './attestation/attestation.reactor.js';
import {
  AttestedRelationshipRow,
  attestedProjector,
  CreateAttestedRelationships1700000000110,
} from './attestation/attested-rows.js';
import { AuditController } from './audit/audit.controller.js';
import { PrivacyHistoryQuery } from './audit/privacy-history.js';
import { PRIVACY_READ_MODEL } from './read-model.js';
import { Authorities } from './request/authorities.js';
import { RequestController } from './request/request.controller.js';
import {
  ApproveRequestHandler,
  ChooseCandidateHandler,
  RejectRequestHandler,
  SubmitRequestHandler,
  VerifyRequestHandler,
} from './request/request.handlers.js';
import { CreateRequestList1700000000100, requestListProjector, RequestRow } from './request/request-list.js';
import { REQUEST_LIST, RequestList } from './request/request-list.query.js';
import { RequestRepository } from './request/request.repository.js';
import { requestTopic } from './request/request.topic.js';
import { Receipts } from './request/receipt.js';
import { replacementReactor } from './request/replacement.reactor.js';
import { RequestHandling } from './request/request-handling.js';
import { SealedForms } from './request/sealed-forms.js';
import { CreateTasks1700000000120, taskProjector, TaskRow } from './task/task-rows.js';
import { TaskController } from './task/task.controller.js';
import { TaskRepository } from './task/task.repository.js';
import { taskTopic } from './task/task.topic.js';
import { sweepWatches } from './request/watch-sweep.js';
import { Disputes } from './individual/disputes.js';
import { IndividualGuard } from './individual/individual.guard.js';
import { MeController, OwnAccessController } from './individual/me.controller.js';
import { OwnAccess } from './individual/own-access.js';
import { OwnView } from './individual/own-view.js';
import {
  CreateSuppressed1700000000130,
  SuppressedRow,
  suppressedProjector,
} from './individual/suppressed-rows.js';
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

/** Privacy: settings, the requests that change them, and their history. */
@Module({
  imports: [CqrsModule],
  controllers: [
    RequestController,
    AuditController,
    AttestationController,
    TaskController,
    MeController,
    OwnAccessController,
    SignalController,
  ],
  providers: [
    RequestRepository,
    SealedForms,
    Authorities,
    RequestHandling,
    Receipts,
    TaskRepository,
    OwnAccess,
    OwnView,
    Disputes,
    IndividualGuard,
    PrivacyHistoryQuery,
    HolderTrouble,
    StoppedSignals,
    SubmitRequestHandler,
    VerifyRequestHandler,
    ApproveRequestHandler,
    ChooseCandidateHandler,
    RejectRequestHandler,
    {
      provide: PRIVACY_READ_MODEL,
      useFactory: (readModels: ReadModels) =>
        readModels.open({
          context: 'privacy',
          entities: [RequestRow, AttestedRelationshipRow, TaskRow, SuppressedRow],
          migrations: [
            CreateRequestList1700000000100,
            CreateAttestedRelationships1700000000110,
            CreateTasks1700000000120,
            CreateSuppressed1700000000130,
          ],
        }),
      inject: [ReadModels],
    },
    {
      provide: REQUEST_LIST,
      useFactory: (readModel: ReadModel) => new RequestList(readModel),
      inject: [PRIVACY_READ_MODEL],
    },
  ],
})
export class PrivacyModule implements OnModuleInit, BeforeApplicationShutdown {
  private sweeping: NodeJS.Timeout | undefined;
  private sweep: Promise<unknown> = Promise.resolve();

  constructor(
    @Inject(EVENT_STORE) private readonly store: EventStore,
    @Inject(CONTENT_KEYS) private readonly contentKeys: ContentKeys,
    @Inject(KEY_RING) private readonly keyRing: KeyRing,
    @Inject(MESSAGING) private readonly messaging: Messaging,
    @Inject(LOGGER) private readonly logger: Logger,
    @Inject(PRIVACY_READ_MODEL) private readonly readModel: ReadModel,
    @Inject(METRICS) private readonly metrics: Metrics,
    private readonly gate: ReleaseGate,
    private readonly holders: HolderTrouble,
    private readonly requests: RequestRepository,
    private readonly forms: SealedForms,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(REQUEST_LIST) private readonly list: RequestList,
    private readonly consumers: ConsumerRegistry,
  ) {}

  onModuleInit(): void {
    this.messaging.declare(settingTopic);
    this.messaging.declare(requestTopic);
    this.messaging.declare(noticeTopic);
    this.messaging.declare(taskTopic);
    this.messaging.declare(signalTopic);
    const { store, contentKeys, keyRing, gate, requests, forms, clock, messaging, readModel } = this;
    measureOverdue(
      this.metrics,
      readModel,
      clock,
      'privacy-requests',
      `SELECT change AS kind, COUNT(*) AS overdue FROM privacy_request
        WHERE status NOT IN ('applied', 'rejected', 'replaced') AND due_at < ? GROUP BY change`,
    );
    measureOverdue(
      this.metrics,
      readModel,
      clock,
      'tasks',
      `SELECT kind, COUNT(*) AS overdue FROM help_desk_task WHERE status = 'open' AND due_at < ? GROUP BY kind`,
    );
    const onTrouble = consumerTroubleLog(this.logger);
    this.consumers.add(
      openingReactor({ store, messaging, readModel, onTrouble }),
      applicationReactor({ store, gate, requests, forms, clock, messaging, readModel, onTrouble }),
      replacementReactor({ store, requests, messaging, readModel, onTrouble }),
      taskProjector(messaging, readModel, onTrouble),
      suppressedProjector(store, messaging, readModel, onTrouble),
      reviewReactor({ store, gate, messaging, readModel, onTrouble }),
      mergeReactor({ store, gate, messaging, readModel, onTrouble }),
      attestationReactor({ store, messaging, readModel, onTrouble }),
      attestedProjector(messaging, readModel, onTrouble),
      requestListProjector(messaging, readModel, onTrouble),
      signalReactor({ store, contentKeys, keyRing, gate, clock, messaging, readModel, onTrouble }),
      holderReactor(this.holders, messaging, readModel, onTrouble),
    );
    this.startSweeping();
  }

  async beforeApplicationShutdown(): Promise<void> {
    clearInterval(this.sweeping);
    await this.sweep;
  }

  /** What is due by the clock alone. */
  private startSweeping(): void {
    const sweep = () => {
      this.sweep = this.sweep
        .then(() => sweepWatches(this.store, this.list, this.clock.now()))
        .then(() => this.holders.sweepLapsed())
        .catch((error: unknown) => this.logger.warn('privacy.sweep-failed', { code: errorCode(error) }));
    };
    sweep();
    this.sweeping = setInterval(sweep, SWEEP_EVERY_MS);
    this.sweeping.unref();
  }
}

const SWEEP_EVERY_MS = 3_600_000;
