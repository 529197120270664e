import { Inject, Module, type OnModuleInit } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { EVENT_STORE, type EventStore } from '@registry/event-store';
import { ConsumerRegistry, MESSAGING, type Messaging } from '@registry/messaging';
import { LOGGER, type Logger } from '@registry/observability';
import type { ReadModel } from '@registry/persistence';
import { ReleaseGate } from '@registry/privacy-gate';
import { consumerTroubleLog, ReadModels } from '@registry/runtime';
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
import { mergeReactor } from './merge/merge.reactor.js';
import { noticeTopic } from './notice/notice.topic.js';
import { applicationReactor } from './setting/application.reactor.js';
import { openingReactor } from './setting/opening.reactor.js';
import { reviewReactor } from './setting/review.reactor.js';
import { settingTopic } from './setting/setting.topic.js';

/** Privacy: settings, the requests that change them, and their history. */
@Module({
  imports: [CqrsModule],
  controllers: [RequestController, AuditController, AttestationController],
  providers: [
    RequestRepository,
    PrivacyHistoryQuery,
    SubmitRequestHandler,
    VerifyRequestHandler,
    ApproveRequestHandler,
    RejectRequestHandler,
    {
      provide: PRIVACY_READ_MODEL,
      useFactory: (readModels: ReadModels) =>
        readModels.open({
          context: 'privacy',
          entities: [RequestRow, AttestedRelationshipRow],
          migrations: [CreateRequestList1700000000100, CreateAttestedRelationships1700000000110],
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
export class PrivacyModule implements OnModuleInit {
  constructor(
    @Inject(EVENT_STORE) private readonly store: EventStore,
    @Inject(MESSAGING) private readonly messaging: Messaging,
    @Inject(LOGGER) private readonly logger: Logger,
    @Inject(PRIVACY_READ_MODEL) private readonly readModel: ReadModel,
    private readonly gate: ReleaseGate,
    private readonly requests: RequestRepository,
    private readonly consumers: ConsumerRegistry,
  ) {}

  onModuleInit(): void {
    this.messaging.declare(settingTopic);
    this.messaging.declare(requestTopic);
    this.messaging.declare(noticeTopic);
    const { store, gate, requests, messaging, readModel } = this;
    const onTrouble = consumerTroubleLog(this.logger);
    this.consumers.add(
      openingReactor({ store, messaging, readModel, onTrouble }),
      applicationReactor({ store, gate, requests, messaging, readModel, onTrouble }),
      reviewReactor({ store, gate, messaging, readModel, onTrouble }),
      mergeReactor({ store, gate, messaging, readModel, onTrouble }),
      attestationReactor({ store, messaging, readModel, onTrouble }),
      attestedProjector(messaging, readModel, onTrouble),
      requestListProjector(messaging, readModel, onTrouble),
    );
  }
}
