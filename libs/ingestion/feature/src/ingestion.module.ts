import { Inject, Module, type BeforeApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { CommandBus, CqrsModule } from '@nestjs/cqrs';
import { CALLER_DIRECTORY, type CallerDirectory } from '@registry/access';
import { CONTENT_KEYS, type ContentKeys } from '@registry/content-keys';
import { EVENT_STORE, type EventStore } from '@registry/event-store';
import { EXCHANGE, type Exchange } from '@registry/exchange';
import type { ReadModel } from '@registry/persistence';
import { ConsumerRegistry, MESSAGING, type Messaging } from '@registry/messaging';
import { errorCode, LOGGER, type Logger } from '@registry/observability';
import { CLOCK, consumerTroubleLog, ReadModels, type Clock } from '@registry/runtime';
import { SubmissionIntake } from './intake/submission-intake.js';
import { EnterImmunizationsHandler } from './manual-entry/enter-immunizations.handler.js';
import { ImmunizationController } from './manual-entry/immunization.controller.js';
import { QualityController } from './quality/quality.controller.js';
import { SubmissionTally } from './quality/submission-tally.js';
import { RosterController } from './rosters/roster.controller.js';
import { UploadController } from './uploads/upload.controller.js';
import { Uploads } from './uploads/uploads.js';
import { VitalRecordController } from './vital-records/vital-record.controller.js';
import { Hl7Controller } from './receive-hl7/hl7.controller.js';
import { InboundKeys, InboundKeysController } from './inbound/inbound-keys.js';
import { inboundConsumer } from './inbound/inbound.consumer.js';
import { MessageReader } from './receive-hl7/message-reader.js';
import { ReceiveHl7Handler } from './receive-hl7/receive-hl7.handler.js';
import { submissionTopic } from './submission.topic.js';
import { SubmissionRepository } from './submission.repository.js';
import { contentDestructionReactor } from './suppress/content-destruction.reactor.js';
import { sweepOrphanKeys } from './suppress/orphan-key-sweep.js';
import { suppressionReactor } from './suppress/suppression.reactor.js';

const SWEEP_EVERY_MS = 600_000;

/** Ingestion: takes messages in, seals and keeps them, and destroys what came after an opt-out. */
@Module({
  imports: [CqrsModule],
  controllers: [
    Hl7Controller,
    InboundKeysController,
    VitalRecordController,
    RosterController,
    ImmunizationController,
    UploadController,
    QualityController,
  ],
  providers: [
    ReceiveHl7Handler,
    MessageReader,
    EnterImmunizationsHandler,
    SubmissionIntake,
    SubmissionRepository,
    SubmissionTally,
    Uploads,
    InboundKeys,
  ],
})
export class IngestionModule implements OnModuleInit, BeforeApplicationShutdown {
  private sweeping: NodeJS.Timeout | undefined;
  private sweep: Promise<unknown> = Promise.resolve();

  constructor(
    @Inject(EVENT_STORE) private readonly store: EventStore,
    @Inject(CONTENT_KEYS) private readonly contentKeys: ContentKeys,
    @Inject(MESSAGING) private readonly messaging: Messaging,
    @Inject(LOGGER) private readonly logger: Logger,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(EXCHANGE) private readonly exchange: Exchange | undefined,
    @Inject(CALLER_DIRECTORY) private readonly callers: CallerDirectory,
    private readonly keys: InboundKeys,
    private readonly commands: CommandBus,
    private readonly uploads: Uploads,
    private readonly submissions: SubmissionRepository,
    private readonly readModels: ReadModels,
    private readonly consumers: ConsumerRegistry,
  ) {}

  async onModuleInit(): Promise<void> {
    this.messaging.declare(submissionTopic);
    const readModel = await this.readModels.open({ context: 'ingestion', entities: [], migrations: [] });
    const { store, contentKeys, submissions, messaging } = this;
    const parts = {
      store,
      contentKeys,
      submissions,
      messaging,
      readModel,
      onTrouble: consumerTroubleLog(this.logger),
    };
    this.consumers.add(suppressionReactor(parts), contentDestructionReactor(parts));
    const { exchange, callers, keys, commands, uploads } = this;
    if (exchange !== undefined) {
      const now = () => this.clock.now();
      this.consumers.add(inboundConsumer({ ...parts, exchange, callers, keys, commands, uploads, now }));
    }
    this.startSweeping(readModel);
  }

  async beforeApplicationShutdown(): Promise<void> {
    clearInterval(this.sweeping);
    await this.sweep;
  }

  private startSweeping(readModel: ReadModel): void {
    const sweep = () => {
      this.sweep = this.sweep
        .then(() => sweepOrphanKeys(this.store, this.contentKeys, readModel, this.clock.now()))
        .catch((error: unknown) => this.logger.warn('ingestion.sweep-failed', { code: errorCode(error) }));
    };
    sweep();
    this.sweeping = setInterval(sweep, SWEEP_EVERY_MS);
    this.sweeping.unref();
  }
}
