import { Inject, Module, type BeforeApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { CONTENT_KEYS, type ContentKeys } from '@registry/content-keys';
import { EVENT_STORE, type EventStore } from '@registry/event-store';
import { ConsumerRegistry, MESSAGING, type Messaging } from '@registry/messaging';
import { errorCode, LOGGER, type Logger } from '@registry/observability';
import type { ReadModel } from '@registry/persistence';
import { consumerTroubleLog } from '@registry/runtime';
import { accessProjector } from './access/access.projector.js';
import { AccessRepository } from './access/access.repository.js';
import { accessTopic } from './access/access.topic.js';
import { DIRECTORY_READ_MODEL } from './access/callers.module.js';
import { AgreementController } from './agreement/agreement.controller.js';
import { EndAgreementHandler, SignAgreementHandler } from './agreement/agreement.handlers.js';
import { EndingAgreements } from './agreement/ending-agreements.js';
import { RenewalSweep } from './agreement/renewal-sweep.js';
import { ClientController } from './client/client.controller.js';
import {
  AmendClientHandler,
  RegisterClientHandler,
  RevokeClientHandler,
  RevokeEarlierKeyHandler,
  RotateClientKeyHandler,
} from './client/client.handlers.js';
import { ListClientsHandler } from './client/list-clients.query.js';
import { DirectorySetup } from './demo/directory-setup.js';
import { ListOrganizationsHandler } from './organization/list-organizations.query.js';
import { OrganizationController } from './organization/organization.controller.js';
import {
  AcquireOrganizationHandler,
  AmendOrganizationHandler,
  CloseOrganizationHandler,
  EnrolOrganizationHandler,
} from './organization/organization.handlers.js';
import { ReadOrganizationHandler } from './organization/read-organization.query.js';
import { EndRelationshipHandler } from './relationship/end-relationship.handler.js';
import { evidenceReactor } from './relationship/evidence.reactor.js';
import { registryIdProjector } from './relationship/registry-id.projector.js';
import { RelationshipController } from './relationship/relationship.controller.js';
import { residenceReactor } from './relationship/residence.reactor.js';
import { registryStatusReactor } from './relationship/registry-status.reactor.js';
import { relationshipTopic } from './relationship/relationship.topic.js';
import { ListSitesHandler } from './site/list-sites.query.js';
import { SiteController } from './site/site.controller.js';
import { AmendSiteHandler, CloseSiteHandler, OpenSiteHandler } from './site/site.handlers.js';
import { ListUsersHandler } from './user/list-users.query.js';
import { UserController } from './user/user.controller.js';
import { ChangeUserRolesHandler, DeactivateUserHandler, EnrolUserHandler } from './user/user.handlers.js';

/** A warning is of a day; an hour late is soon enough. */
const SWEEP_EVERY_MS = 3_600_000;

/** Directory: organizations with their sites, agreements, clients and users, and whom they serve. */
@Module({
  imports: [CqrsModule],
  controllers: [
    OrganizationController,
    SiteController,
    AgreementController,
    ClientController,
    UserController,
    RelationshipController,
  ],
  providers: [
    AccessRepository,
    DirectorySetup,
    EnrolOrganizationHandler,
    AmendOrganizationHandler,
    CloseOrganizationHandler,
    AcquireOrganizationHandler,
    ReadOrganizationHandler,
    ListOrganizationsHandler,
    OpenSiteHandler,
    AmendSiteHandler,
    CloseSiteHandler,
    ListSitesHandler,
    SignAgreementHandler,
    EndAgreementHandler,
    EndingAgreements,
    RenewalSweep,
    RegisterClientHandler,
    AmendClientHandler,
    RotateClientKeyHandler,
    RevokeEarlierKeyHandler,
    RevokeClientHandler,
    ListClientsHandler,
    EnrolUserHandler,
    ChangeUserRolesHandler,
    DeactivateUserHandler,
    ListUsersHandler,
    EndRelationshipHandler,
  ],
  exports: [DirectorySetup],
})
export class DirectoryModule implements OnModuleInit, BeforeApplicationShutdown {
  private sweeping: NodeJS.Timeout | undefined;
  private sweep: Promise<unknown> = Promise.resolve();

  constructor(
    @Inject(EVENT_STORE) private readonly store: EventStore,
    @Inject(CONTENT_KEYS) private readonly contentKeys: ContentKeys,
    @Inject(MESSAGING) private readonly messaging: Messaging,
    @Inject(LOGGER) private readonly logger: Logger,
    @Inject(DIRECTORY_READ_MODEL) private readonly readModel: ReadModel,
    private readonly repository: AccessRepository,
    private readonly renewals: RenewalSweep,
    private readonly consumers: ConsumerRegistry,
  ) {}

  onModuleInit(): void {
    const { store, contentKeys, messaging, readModel, repository } = this;
    const onTrouble = consumerTroubleLog(this.logger);
    messaging.declare(accessTopic);
    messaging.declare(relationshipTopic);
    this.consumers.add(
      accessProjector(messaging, readModel, onTrouble),
      registryIdProjector(messaging, readModel, onTrouble),
      evidenceReactor(repository, messaging, readModel, onTrouble),
      registryStatusReactor(store, repository, messaging, readModel, onTrouble),
      residenceReactor({ store, contentKeys, repository, messaging, readModel, onTrouble }),
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
        .then(() => this.renewals.run())
        .catch((error: unknown) => this.logger.warn('directory.sweep-failed', { code: errorCode(error) }));
    };
    sweep();
    this.sweeping = setInterval(sweep, SWEEP_EVERY_MS);
    this.sweeping.unref();
  }
}
