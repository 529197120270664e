import { Inject } from '@nestjs/common';
import { QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { accessStreams } from '@registry/contracts';
import type { User } from '@registry/directory-domain';
import type { ReadModel } from '@registry/persistence';
import { AccessRepository } from '../access/access.repository.js';
import { DIRECTORY_READ_MODEL } from '../access/callers.module.js';
import { nextOf, PAGE_SIZE } from '../access/page.js';

export class ListUsers {
  constructor(
    readonly organizationId: string,
    /** The `next` of the page before, or empty. */
    readonly after: string,
  ) {}
}

export interface UserPage {
  readonly users: readonly User[];
  /** Absent on the last page. */
  readonly next?: string;
}

/** Which users there are the read model says; who they are is in their streams only. */
@QueryHandler(ListUsers)
export class ListUsersHandler implements IQueryHandler<ListUsers, UserPage> {
  constructor(
    @Inject(DIRECTORY_READ_MODEL) private readonly readModel: ReadModel,
    private readonly repository: AccessRepository,
  ) {}

  async execute({ organizationId, after }: ListUsers): Promise<UserPage> {
    const rows = await this.readModel.select<{ userId: string }>(
      `SELECT user_id AS "userId" FROM organization_user
        WHERE organization_id = ? AND user_id > ? ORDER BY user_id LIMIT ${PAGE_SIZE}`,
      [organizationId, after],
    );
    const states = await this.repository.statesOf<User>(rows.map(({ userId }) => accessStreams.user(userId)));
    const users = states.flatMap((user) => (user === undefined ? [] : [user]));
    return { users, ...nextOf(rows, ({ userId }) => userId) };
  }
}
