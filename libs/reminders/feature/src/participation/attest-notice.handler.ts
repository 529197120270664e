import { Inject } from '@nestjs/common';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { type Caller } from '@registry/access';
import { EVENT_STORE, RevisionConflict, type EventStore } from '@registry/event-store';
import { legalDayOf } from '@registry/legal-day';
import { derivedEventId } from '@registry/messaging';
import type { ReadModel } from '@registry/persistence';
import {
  decideParticipation,
  ParticipationError,
  type ParticipationNoticeGivenData,
} from '@registry/reminders-domain';
import { CLOCK, type Clock } from '@registry/runtime';
import { personOf } from '../relationship/registry-ids.js';
import { REMINDERS_READ_MODEL } from '../reminders-read-model.js';
import type { AttestNoticeDto } from './participation.dto.js';
import { participationStream } from './participation.topic.js';

export class AttestNotice {
  constructor(
    readonly body: AttestNoticeDto,
    readonly caller: Caller,
  ) {}
}

export interface AttestedNotice {
  readonly registryId: string;
  readonly status: 'given';
}

const ATTEMPTS = 3;

@CommandHandler(AttestNotice)
export class AttestNoticeHandler implements ICommandHandler<AttestNotice, AttestedNotice> {
  constructor(
    @Inject(EVENT_STORE) private readonly store: EventStore,
    @Inject(REMINDERS_READ_MODEL) private readonly readModel: ReadModel,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** The same attestation again changes nothing. @throws ParticipationError */
  async execute({ body, caller }: AttestNotice): Promise<AttestedNotice> {
    const { registryId, channel, formVersion, givenOn } = body;
    const { organizationId, clientId } = caller;
    const personId = await personOf(this.readModel, organizationId, registryId);
    if (personId === undefined) throw new ParticipationError('NOTICE.PERSON_UNKNOWN');
    const notice: ParticipationNoticeGivenData = {
      channel,
      issuer: organizationId,
      formVersion,
      givenOn,
      attestedBy: clientId,
    };
    const stream = participationStream(personId);
    const today = legalDayOf(this.clock.now());
    for (let attempt = 1; ; attempt += 1) {
      const before = await this.store.read(stream);
      const given = before.map(({ data }) => data as unknown as ParticipationNoticeGivenData);
      const [event] = decideParticipation(notice, given, today);
      if (event === undefined) break;
      try {
        await this.store.append(stream, before.at(-1)?.revision ?? 'none', [
          {
            id: derivedEventId('reminders-attestation', personId, JSON.stringify(notice)),
            ...event,
            metadata: { schemaVersion: 1, actor: clientId },
          },
        ]);
        break;
      } catch (error) {
        if (!(error instanceof RevisionConflict) || attempt === ATTEMPTS) throw error;
      }
    }
    return { registryId, status: 'given' };
  }
}
