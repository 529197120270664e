import { Inject, Module, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { CONTENT_KEYS, KEY_RING, type ContentKeys, type KeyRing } from '@registry/content-keys';
import { DELIVERY, type Delivery } from '@registry/delivery';
import { EVENT_STORE, type EventStore } from '@registry/event-store';
import { ConsumerRegistry, MESSAGING, type Messaging } from '@registry/messaging';
import { LOGGER, METRICS, type Logger, type Metrics } from '@registry/observability';
import type { ReadModel } from '@registry/persistence';
import { ReleaseGate } from '@registry/privacy-gate';
import {
  CLOCK,
  Configuration,
  consumerTroubleLog,
  measureOverdue,
  ReadModels,
  type Clock,
} from '@registry/runtime';
import { CampaignController } from './campaign/campaign.controller.js';
import { SubmitCampaignHandler } from './campaign/campaign.handler.js';
import { campaignTopic } from './campaign/campaign.topic.js';
import { openDelivery } from './delivery.js';
import { AttestNoticeHandler } from './participation/attest-notice.handler.js';
import { birthNoticeReactor } from './participation/birth-notice.reactor.js';
import {
  ClusterOwedNotices1700000000530,
  CreateOwedNotices1700000000510,
  owedNoticeProjector,
  OwedNoticeRow,
} from './participation/owed-notices.js';
import { OWED_NOTICES, OwedNotices } from './participation/owed-notices.query.js';
import { ParticipationController } from './participation/participation.controller.js';
import { participationTopic } from './participation/participation.topic.js';
import {
  ClusterRegistryIds1700000000520,
  CreateRegistryIds1700000000500,
  registryIdProjector,
  RegistryIdRow,
} from './relationship/registry-ids.js';
import { REMINDERS_READ_MODEL } from './reminders-read-model.js';
import { ReminderSender } from './sending/reminder-sender.js';
import { sendingReactor } from './sending/sending.reactor.js';

/** Reminders: due lists of agencies, whom they reach, and the notice of participation. */
@Module({
  imports: [CqrsModule],
  controllers: [CampaignController, ParticipationController],
  providers: [
    SubmitCampaignHandler,
    AttestNoticeHandler,
    {
      provide: REMINDERS_READ_MODEL,
      useFactory: (readModels: ReadModels) =>
        readModels.open({
          context: 'reminders',
          entities: [RegistryIdRow, OwedNoticeRow],
          migrations: [
            CreateRegistryIds1700000000500,
            CreateOwedNotices1700000000510,
            ClusterRegistryIds1700000000520,
            ClusterOwedNotices1700000000530,
          ],
        }),
      inject: [ReadModels],
    },
    {
      provide: OWED_NOTICES,
      useFactory: (readModel: ReadModel) => new OwedNotices(readModel),
      inject: [REMINDERS_READ_MODEL],
    },
    // After the store: opening that refuses a folder that another process has.
    { provide: DELIVERY, useFactory: openDelivery, inject: [Configuration, EVENT_STORE] },
  ],
})
export class RemindersModule implements OnModuleInit, OnApplicationShutdown {
  constructor(
    @Inject(EVENT_STORE) private readonly store: EventStore,
    @Inject(CONTENT_KEYS) private readonly contentKeys: ContentKeys,
    @Inject(KEY_RING) private readonly keys: KeyRing,
    @Inject(MESSAGING) private readonly messaging: Messaging,
    @Inject(LOGGER) private readonly logger: Logger,
    @Inject(REMINDERS_READ_MODEL) private readonly readModel: ReadModel,
    @Inject(DELIVERY) private readonly delivery: Delivery,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(METRICS) private readonly metrics: Metrics,
    private readonly gate: ReleaseGate,
    private readonly consumers: ConsumerRegistry,
  ) {}

  onModuleInit(): void {
    const { store, gate, keys, delivery, clock, contentKeys, messaging, readModel } = this;
    measureOverdue(
      this.metrics,
      readModel,
      clock,
      'participation-notices',
      `SELECT organization_id AS kind, COUNT(*) AS overdue FROM owed_notice
        WHERE NOT given AND merged_into = '' AND due_at <= ? GROUP BY organization_id`,
    );
    messaging.declare(campaignTopic);
    messaging.declare(participationTopic);
    const onTrouble = consumerTroubleLog(this.logger);
    const registryIds = registryIdProjector(messaging, readModel, onTrouble);
    const sender = new ReminderSender({ store, gate, keys, delivery, clock });
    const knowsAll = () => registryIds.isCaughtUp();
    this.consumers.add(
      registryIds,
      sendingReactor({ sender, contentKeys, messaging, readModel, knowsAll, onTrouble }),
      owedNoticeProjector(messaging, readModel, onTrouble),
      birthNoticeReactor(store, contentKeys, messaging, readModel, onTrouble),
    );
  }

  async onApplicationShutdown(): Promise<void> {
    await this.delivery.close();
  }
}
