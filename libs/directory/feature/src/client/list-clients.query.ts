import { Inject } from '@nestjs/common';
import { QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { accessStreams } from '@registry/contracts';
import type { Client } from '@registry/directory-domain';
import type { ReadModel } from '@registry/persistence';
import { AccessRepository } from '../access/access.repository.js';
import { DIRECTORY_READ_MODEL } from '../access/callers.module.js';
import { nextOf, PAGE_SIZE } from '../access/page.js';
import { viewOf } from './client-view.js';
import type { ClientView } from './client.commands.js';

export class ListClients {
  constructor(
    readonly organizationId: string,
    /** The `next` of the page before, or empty. */
    readonly after: string,
  ) {}
}

export interface ClientPage {
  readonly clients: readonly ClientView[];
  /** Absent on the last page. */
  readonly next?: string;
}

/** Which clients there are the read model says, what they are their heads do. */
@QueryHandler(ListClients)
export class ListClientsHandler implements IQueryHandler<ListClients, ClientPage> {
  constructor(
    @Inject(DIRECTORY_READ_MODEL) private readonly readModel: ReadModel,
    private readonly repository: AccessRepository,
  ) {}

  async execute({ organizationId, after }: ListClients): Promise<ClientPage> {
    const rows = await this.readModel.select<{ clientId: string }>(
      `SELECT client_id AS "clientId" FROM client
        WHERE organization_id = ? AND client_id > ? ORDER BY client_id LIMIT ${PAGE_SIZE}`,
      [organizationId, after],
    );
    const states = await this.repository.statesOf<Client>(
      rows.map(({ clientId }) => accessStreams.client(clientId)),
    );
    const clients = states.flatMap((client) => (client === undefined ? [] : [viewOf(client)]));
    return { clients, ...nextOf(rows, ({ clientId }) => clientId) };
  }
}
