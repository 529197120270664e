import { setTimeout as pause } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import { hashApiKey, newApiKey } from '@registry/access';
import { accessStreams, type ClientRole } from '@registry/contracts';
import {
  decideAgreement,
  decideClient,
  decideOrganization,
  decideSite,
  type Agreement,
  type Client,
  type Organization,
  type Site,
} from '@registry/directory-domain';
import { EVENT_STORE, type EventStore } from '@registry/event-store';
import { derivedEventId } from '@registry/messaging';
import type { ReadModel } from '@registry/persistence';
import { AccessRepository } from '../access/access.repository.js';
import { DIRECTORY_READ_MODEL } from '../access/callers.module.js';
import { StoredCallers } from '../access/stored-callers.js';
import { DEMO_AGREEMENT_TERM, DEMO_KEYS, DEMO_ORGANIZATIONS } from './demo-seed.js';

/** Fixed ids: the organization that runs the registry, and its first administrator. */
const OPERATIONS_ID = 'a0000000-0000-4000-8000-000000000000';
const FIRST_ADMINISTRATOR_ID = 'a0000000-0000-4000-8000-000000000001';
const ACTOR = 'registry-setup';
const LOOK_EVERY_MS = 20;

/** What a registry needs before anybody can use it. Repeating it changes nothing. */
@Injectable()
export class DirectorySetup {
  constructor(
    private readonly repository: AccessRepository,
    private readonly callers: StoredCallers,
    @Inject(EVENT_STORE) private readonly store: EventStore,
    @Inject(DIRECTORY_READ_MODEL) private readonly readModel: ReadModel,
  ) {}

  /** @returns the first administrator's key, or undefined if there is an administrator already */
  async firstAdministrator(): Promise<string | undefined> {
    const [head] = await this.store.heads([accessStreams.client(FIRST_ADMINISTRATOR_ID)]);
    if (head !== undefined) return undefined;
    const key = newApiKey();
    await this.organization(OPERATIONS_ID, 'Registry operations', 'registry-operations');
    await this.client(FIRST_ADMINISTRATOR_ID, OPERATIONS_ID, 'First administrator', ['administrator'], key);
    return key;
  }

  async demonstration(): Promise<void> {
    await this.organization(OPERATIONS_ID, 'Registry operations', 'registry-operations');
    await this.client(
      FIRST_ADMINISTRATOR_ID,
      OPERATIONS_ID,
      'Demonstration administrator',
      ['administrator'],
      DEMO_KEYS.administrator,
    );
    for (const { id, name, category, jurisdiction, purposes, sites = [], clients } of DEMO_ORGANIZATIONS) {
      const organization = await this.organization(id, name, category, jurisdiction);
      if (purposes.length > 0) {
        await this.repository.execute<Agreement>(
          accessStreams.agreement(id),
          (state) =>
            state === undefined
              ? decideAgreement(
                  {
                    type: 'SignAgreement',
                    organizationId: id,
                    term: {
                      version: 'demo-1',
                      signatory: 'Demonstration',
                      purposes,
                      ...DEMO_AGREEMENT_TERM,
                    },
                    organization,
                    siteOrganizationIds: [],
                    at: DEMO_AGREEMENT_TERM.startsAt,
                  },
                  state,
                )
              : [],
          (index) => derivedEventId(ACTOR, 'agreement', id, index),
          { actor: ACTOR },
        );
      }
      for (const { code, ...details } of sites) {
        await this.repository.execute<Site>(
          accessStreams.site(code),
          (state) =>
            state === undefined
              ? decideSite({ type: 'OpenSite', code, details, organization, namesTaken: [] }, state)
              : [],
          (index) => derivedEventId(ACTOR, 'site', code, index),
          { actor: ACTOR },
        );
      }
      for (const client of clients) await this.client(client.id, id, client.name, client.roles, client.key);
    }
    await this.listed(
      [FIRST_ADMINISTRATOR_ID, ...DEMO_ORGANIZATIONS.flatMap(({ clients }) => clients.map(({ id }) => id))],
      DEMO_ORGANIZATIONS.flatMap(({ sites = [] }) => sites.map(({ code }) => code)),
    );
  }

  /**
   * Resolves when the directory's tables have these. They follow its events, and services of their own look clients and sites up there:
   * whom this one lets in once it listens, all of them shall.
   */
  async listed(
    clientIds: readonly string[] = [FIRST_ADMINISTRATOR_ID],
    siteCodes: readonly string[] = [],
  ): Promise<void> {
    for (const id of clientIds) {
      await found(() => this.readModel.select('SELECT client_id FROM client WHERE client_id = ?', [id]));
    }
    for (const code of siteCodes) {
      await found(() => this.readModel.select('SELECT code FROM site WHERE code = ?', [code]));
    }
  }

  private organization(
    organizationId: string,
    name: string,
    category: string,
    jurisdiction?: readonly string[],
  ): Promise<Organization | undefined> {
    return this.repository.execute<Organization>(
      accessStreams.organization(organizationId),
      (state) =>
        decideOrganization(
          {
            type: 'EnrolOrganization',
            organization: {
              organizationId,
              name,
              category,
              ...(jurisdiction === undefined ? {} : { jurisdiction }),
            },
          },
          state,
        ),
      (index) => derivedEventId(ACTOR, 'organization', organizationId, index),
      { actor: ACTOR },
    );
  }

  private async client(
    clientId: string,
    organizationId: string,
    name: string,
    roles: readonly ClientRole[],
    key: string,
  ): Promise<void> {
    const organization = await this.repository.stateOf<Organization>(
      accessStreams.organization(organizationId),
    );
    const keyHash = hashApiKey(key);
    await this.repository.execute<Client>(
      accessStreams.client(clientId),
      (state) =>
        decideClient(
          {
            type: 'RegisterClient',
            client: { clientId, organizationId, name, roles, keyHash, processingIds: ['P', 'T', 'D'] },
            organization,
          },
          state,
        ),
      (index) => derivedEventId(ACTOR, 'client', clientId, index),
      { actor: ACTOR },
    );
    this.callers.learn(keyHash, clientId, organizationId);
  }
}

const found = async (look: () => Promise<readonly object[]>): Promise<void> => {
  while ((await look()).length === 0) await pause(LOOK_EVERY_MS);
};
