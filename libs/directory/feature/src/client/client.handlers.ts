import { randomUUID } from 'node:crypto';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { hashApiKey, newApiKey } from '@registry/access';
import { accessStreams } from '@registry/contracts';
import { decideClient, DirectoryError, type Client, type Organization } from '@registry/directory-domain';
import { AccessRepository } from '../access/access.repository.js';
import { StoredCallers } from '../access/stored-callers.js';
import { RegisterClient, RevokeClient, RotateClientKey, type ClientWithKey } from './client.commands.js';

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
    const clientId = randomUUID();
    const key = newApiKey();
    const keyHash = hashApiKey(key);
    const { name, roles, processingIds = ['P'] } = body;
    const client = { clientId, organizationId, name, roles, keyHash, processingIds };
    await this.repository.execute<Client>(
      accessStreams.client(clientId),
      (state) => decideClient({ type: 'RegisterClient', client, organization }, state),
      () => randomUUID(),
      { actor: caller.clientId },
    );
    this.callers.learn(keyHash, clientId, organizationId);
    return { clientId, key };
  }
}

@CommandHandler(RotateClientKey)
export class RotateClientKeyHandler implements ICommandHandler<RotateClientKey, ClientWithKey> {
  constructor(
    private readonly repository: AccessRepository,
    private readonly callers: StoredCallers,
  ) {}

  async execute({ clientId, caller }: RotateClientKey): Promise<ClientWithKey> {
    const key = newApiKey();
    const keyHash = hashApiKey(key);
    const client = await this.repository.execute<Client>(
      accessStreams.client(clientId),
      (state) => decideClient({ type: 'RotateKey', keyHash }, state),
      () => randomUUID(),
      { actor: caller.clientId },
    );
    if (client === undefined) throw new DirectoryError('DIRECTORY.CLIENT_UNKNOWN');
    this.callers.learn(keyHash, clientId, client.organizationId);
    return { clientId, key };
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
