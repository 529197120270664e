import { Inject, Module, type OnModuleInit } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { ConsumerRegistry, MESSAGING, type Messaging } from '@registry/messaging';
import { LOGGER, type Logger } from '@registry/observability';
import type { ReadModel } from '@registry/persistence';
import { consumerTroubleLog } from '@registry/runtime';
import { accessProjector } from './access/access.projector.js';
import { AccessRepository } from './access/access.repository.js';
import { accessTopic } from './access/access.topic.js';
import { DIRECTORY_READ_MODEL } from './access/callers.module.js';
import { ClientController } from './client/client.controller.js';
import {
  RegisterClientHandler,
  RevokeClientHandler,
  RotateClientKeyHandler,
} from './client/client.handlers.js';
import { DirectorySetup } from './demo/directory-setup.js';
import { ListOrganizationsHandler } from './organization/list-organizations.query.js';
import { OrganizationController } from './organization/organization.controller.js';
import {
  CloseOrganizationHandler,
  EndAgreementHandler,
  EnrolOrganizationHandler,
  SignAgreementHandler,
} from './organization/organization.handlers.js';
import { ownSubmissionReactor } from './relationship/own-submission.reactor.js';
import { relationshipTopic } from './relationship/relationship.topic.js';

/** Directory: organizations, their agreements and clients, and whom they serve. */
@Module({
  imports: [CqrsModule],
  controllers: [OrganizationController, ClientController],
  providers: [
    AccessRepository,
    DirectorySetup,
    EnrolOrganizationHandler,
    CloseOrganizationHandler,
    SignAgreementHandler,
    EndAgreementHandler,
    ListOrganizationsHandler,
    RegisterClientHandler,
    RotateClientKeyHandler,
    RevokeClientHandler,
  ],
  exports: [DirectorySetup],
})
export class DirectoryModule implements OnModuleInit {
  constructor(
    @Inject(MESSAGING) private readonly messaging: Messaging,
    @Inject(LOGGER) private readonly logger: Logger,
    @Inject(DIRECTORY_READ_MODEL) private readonly readModel: ReadModel,
    private readonly repository: AccessRepository,
    private readonly consumers: ConsumerRegistry,
  ) {}

  onModuleInit(): void {
    const { messaging, readModel, repository } = this;
    const onTrouble = consumerTroubleLog(this.logger);
    messaging.declare(accessTopic);
    messaging.declare(relationshipTopic);
    this.consumers.add(
      accessProjector(messaging, readModel, onTrouble),
      ownSubmissionReactor(repository, messaging, readModel, onTrouble),
    );
  }
}
