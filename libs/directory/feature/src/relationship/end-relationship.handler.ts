import { randomUUID } from 'node:crypto';
import { Inject } from '@nestjs/common';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { Caller } from '@registry/access';
import { accessStreams, type RelationshipState } from '@registry/contracts';
import { decideRelationship, DirectoryError, type RelationshipEndReason } from '@registry/directory-domain';
import type { ReadModel } from '@registry/persistence';
import { CLOCK, type Clock } from '@registry/runtime';
import { AccessRepository } from '../access/access.repository.js';
import { DIRECTORY_READ_MODEL } from '../access/callers.module.js';
import { relationshipOf } from './evidence.reactor.js';
import { registryIdKey } from './registry-id.projector.js';

export class EndRelationship {
  constructor(
    readonly organizationId: string,
    /** The organization's own id for the person. */
    readonly registryId: string,
    readonly reason: RelationshipEndReason,
    readonly caller: Caller,
  ) {}
}

export interface EndedRelationship {
  readonly registryId: string;
  readonly status: 'ended';
}

@CommandHandler(EndRelationship)
export class EndRelationshipHandler implements ICommandHandler<EndRelationship, EndedRelationship> {
  constructor(
    private readonly repository: AccessRepository,
    @Inject(DIRECTORY_READ_MODEL) private readonly readModel: ReadModel,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async execute({ organizationId, registryId, reason, caller }: EndRelationship): Promise<EndedRelationship> {
    const [row] = await this.readModel.select<{ personId: string }>(
      'SELECT person_id AS "personId" FROM registry_id WHERE id = ?',
      [registryIdKey(organizationId, registryId)],
    );
    if (row === undefined) throw new DirectoryError('DIRECTORY.RELATIONSHIP_UNKNOWN');
    const at = this.clock.now().toISOString();
    await this.repository.execute<RelationshipState>(
      accessStreams.relationship(organizationId, row.personId),
      (stored) =>
        decideRelationship({ type: 'EndRelationship', at, reason }, stored && relationshipOf(stored)),
      () => randomUUID(),
      { actor: caller.clientId },
    );
    return { registryId, status: 'ended' };
  }
}
