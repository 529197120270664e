import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { Caller } from '@registry/access';
import { EVENT_STORE, type EventStore } from '@registry/event-store';
import { CLOCK, type Clock } from '@registry/runtime';

/** Event `AttestationTried` of the journals `attestations-<clientId>-<day>-<writer>`. */
export type AttestationTriedData = {
  /** Absent: nobody was found who may be seen. */
  readonly personId?: string;
  readonly organizationId: string;
  readonly clientId: string;
  readonly userId?: string;
  /** ISO-8601 UTC. */
  readonly attestedAt: string;
};

/** One entry for each attestation, whether somebody was found or not: the same work either way. */
@Injectable()
export class AttestationJournal {
  /** Processes that shared a stream would wait for each other. */
  private readonly writer = randomUUID().slice(0, 8);

  constructor(
    @Inject(EVENT_STORE) private readonly store: EventStore,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Resolves when durable. @throws StoreUnavailable @throws AppendOutcomeUnknown */
  async append({ clientId, organizationId, userId }: Caller, personId: string | undefined): Promise<void> {
    const attestedAt = this.clock.now().toISOString();
    const data: AttestationTriedData = {
      ...(personId === undefined ? {} : { personId }),
      organizationId,
      clientId,
      ...(userId === undefined ? {} : { userId }),
      attestedAt,
    };
    await this.store.append(`attestations-${clientId}-${attestedAt.slice(0, 10)}-${this.writer}`, 'any', [
      {
        id: randomUUID(),
        type: 'AttestationTried',
        data,
        metadata: { schemaVersion: 1, actor: clientId },
      },
    ]);
  }
}
