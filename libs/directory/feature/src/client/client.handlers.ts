import { randomUUID } from 'node:crypto';
import { Inject } from '@nestjs/common';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { hashApiKey, newApiKey } from '@registry/access';
import { accessStreams } from '@registry/contracts';
import {
  decideClient,
  DirectoryError,
  type Client,
  type ClientSettings,
  type Organization,
  type Site,
} from '@registry/directory-domain';
import { CLOCK, type Clock } from '@registry/runtime';
import { AccessRepository } from '../access/access.repository.js';
import { StoredCallers } from '../access/stored-callers.js';
import { viewOf } from './client-view.js';
import {
  AmendClient,
  RegisterClient,
  RevokeClient,
  RevokeEarlierKey,
  RotateClientKey,
  type ClientView,
  type ClientWithKey,
  type RotatedKey,
} from './client.commands.js';
import type { ClientSettingsDto } from './client.dto.js';

@CommandHandler(RegisterClient)
export class RegisterClientHandler implements ICommandHandler<RegisterClient, ClientWithKey> {
  constructor(
    private readonly repository: AccessRepository,
    private readonly callers: StoredCallers,
  ) {}

  async execute({ organizationId, body, caller }: RegisterClient): Promise<ClientWithKey> {
    const organization = await this.repository.stateOf<Organization>(
      accessStreams.organization(organizationId),
    );
    const siteOrganizationIds = await ownersOf(this.repository, body);
    const clientId = randomUUID();
    const key = newApiKey();
    const keyHash = hashApiKey(key);
    const client = { clientId, organizationId, ...settingsOf(body), keyHash };
    await this.repository.execute<Client>(
      accessStreams.client(clientId),
      (state) => decideClient({ type: 'RegisterClient', client, organization, siteOrganizationIds }, state),
      () => randomUUID(),
      { actor: caller.clientId },
    );
    this.callers.learn(keyHash, clientId, organizationId);
    return { clientId, key };
  }
}

@CommandHandler(AmendClient)
export class AmendClientHandler implements ICommandHandler<AmendClient, ClientView> {
  constructor(private readonly repository: AccessRepository) {}

  async execute({ clientId, body, caller }: AmendClient): Promise<ClientView> {
    const siteOrganizationIds = await ownersOf(this.repository, body);
    const client = await this.repository.execute<Client>(
      accessStreams.client(clientId),
      (state) =>
        decideClient({ type: 'AmendClient', settings: settingsOf(body), siteOrganizationIds }, state),
      () => randomUUID(),
      { actor: caller.clientId },
    );
    return viewOf(there(client));
  }
}

@CommandHandler(RotateClientKey)
export class RotateClientKeyHandler implements ICommandHandler<RotateClientKey, RotatedKey> {
  constructor(
    private readonly repository: AccessRepository,
    private readonly callers: StoredCallers,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async execute({ clientId, overlapHours, caller }: RotateClientKey): Promise<RotatedKey> {
    const key = newApiKey();
    const keyHash = hashApiKey(key);
    const at = this.clock.now().toISOString();
    const { organizationId, earlierKey } = there(
      await this.repository.execute<Client>(
        accessStreams.client(clientId),
        (state) =>
          decideClient(
            { type: 'RotateKey', keyHash, at, ...(overlapHours === undefined ? {} : { overlapHours }) },
            state,
          ),
        () => randomUUID(),
        { actor: caller.clientId },
      ),
    );
    this.callers.learn(keyHash, clientId, organizationId);
    return {
      clientId,
      key,
      ...(earlierKey === undefined ? {} : { earlierKeyUntil: earlierKey.validUntil }),
    };
  }
}

@CommandHandler(RevokeEarlierKey)
export class RevokeEarlierKeyHandler implements ICommandHandler<RevokeEarlierKey, ClientView> {
  constructor(private readonly repository: AccessRepository) {}

  async execute({ clientId, caller }: RevokeEarlierKey): Promise<ClientView> {
    const client = await this.repository.execute<Client>(
      accessStreams.client(clientId),
      (state) => decideClient({ type: 'RevokeEarlierKey' }, state),
      () => randomUUID(),
      { actor: caller.clientId },
    );
    return viewOf(there(client));
  }
}

@CommandHandler(RevokeClient)
export class RevokeClientHandler implements ICommandHandler<RevokeClient, { readonly clientId: string }> {
  constructor(private readonly repository: AccessRepository) {}

  async execute({ clientId, caller }: RevokeClient): Promise<{ readonly clientId: string }> {
    await this.repository.execute<Client>(
      accessStreams.client(clientId),
      (state) => decideClient({ type: 'RevokeClient' }, state),
      () => randomUUID(),
      { actor: caller.clientId },
    );
    return { clientId };
  }
}

/** Organizations of the sites that a client is to serve. */
const ownersOf = async (
  repository: AccessRepository,
  { siteCodes = [] }: ClientSettingsDto,
): Promise<(string | undefined)[]> => {
  const sites = await repository.statesOf<Site>(siteCodes.map(accessStreams.site));
  return sites.map((site) => site?.organizationId);
};

const there = (client: Client | undefined): Client => {
  if (client === undefined) throw new DirectoryError('DIRECTORY.CLIENT_UNKNOWN');
  return client;
};

const settingsOf = ({
  name,
  roles,
  processingIds = ['P'],
  protectionIndicator = 'off',
  limits,
  actsForUsers = false,
  siteCodes,
}: ClientSettingsDto): ClientSettings => ({
  name,
  roles,
  processingIds,
  protectionIndicator,
  ...(limits === undefined ? {} : { limits: { ...limits } }),
  actsForUsers,
  ...(siteCodes === undefined ? {} : { siteCodes }),
});
