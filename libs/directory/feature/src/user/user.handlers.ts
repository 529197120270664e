import { randomUUID } from 'node:crypto';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { Caller } from '@registry/access';
import { accessStreams } from '@registry/contracts';
import { decideUser, type Organization, type User } from '@registry/directory-domain';
import { AccessRepository } from '../access/access.repository.js';
import type { EnrolUserDto, UserRolesDto } from './user.dto.js';

export class EnrolUser {
  constructor(
    readonly organizationId: string,
    readonly body: EnrolUserDto,
    readonly caller: Caller,
  ) {}
}

export class ChangeUserRoles {
  constructor(
    readonly userId: string,
    readonly body: UserRolesDto,
    readonly caller: Caller,
  ) {}
}

export class DeactivateUser {
  constructor(
    readonly userId: string,
    readonly caller: Caller,
  ) {}
}

@CommandHandler(EnrolUser)
export class EnrolUserHandler implements ICommandHandler<EnrolUser, User | undefined> {
  constructor(private readonly repository: AccessRepository) {}

  async execute({ organizationId, body, caller }: EnrolUser): Promise<User | undefined> {
    const organization = await this.repository.stateOf<Organization>(
      accessStreams.organization(organizationId),
    );
    const userId = randomUUID();
    return this.repository.execute<User>(
      accessStreams.user(userId),
      (state) =>
        decideUser({ type: 'EnrolUser', user: { userId, organizationId, ...body }, organization }, state),
      () => randomUUID(),
      { actor: caller.clientId },
    );
  }
}

@CommandHandler(ChangeUserRoles)
export class ChangeUserRolesHandler implements ICommandHandler<ChangeUserRoles, User | undefined> {
  constructor(private readonly repository: AccessRepository) {}

  async execute({ userId, body, caller }: ChangeUserRoles): Promise<User | undefined> {
    const user = await this.repository.stateOf<User>(accessStreams.user(userId));
    const organization =
      user && (await this.repository.stateOf<Organization>(accessStreams.organization(user.organizationId)));
    return this.repository.execute<User>(
      accessStreams.user(userId),
      (state) => decideUser({ type: 'ChangeUserRoles', roles: body.roles, organization }, state),
      () => randomUUID(),
      { actor: caller.clientId },
    );
  }
}

@CommandHandler(DeactivateUser)
export class DeactivateUserHandler implements ICommandHandler<DeactivateUser, User | undefined> {
  constructor(private readonly repository: AccessRepository) {}

  execute({ userId, caller }: DeactivateUser): Promise<User | undefined> {
    return this.repository.execute<User>(
      accessStreams.user(userId),
      (state) => decideUser({ type: 'DeactivateUser' }, state),
      () => randomUUID(),
      { actor: caller.clientId },
    );
  }
}
