import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { EVENT_STORE, type EventStore } from '@registry/event-store';
import { derivedEventId } from '@registry/messaging';
import {
  PrivacyError,
  type DisputeEvent,
  type DisputeOutcome,
  type DisputeReason,
  type ValueDisputedData,
} from '@registry/privacy-domain';
import { survivorOf } from '@registry/privacy-gate';
import { CLOCK, type Clock } from '@registry/runtime';
import { openTask } from '../task/open-task.js';
import type { Individual } from './own-access.js';

export interface OwnDispute {
  readonly disputeId: string;
  readonly element: string;
  readonly reason: string;
  readonly raisedAt: string;
  readonly status: 'open' | DisputeOutcome;
}

const disputeStream = (disputeId: string): string => `dispute-${disputeId}`;
/** Journal of a person's disputes. */
const disputesOfStream = (personId: string): string => `disputesOf-${personId}`;
const PAGE = 500;

/** Values that a person says are wrong. Each opens a task to ask its source, and ends corrected or annotated (DOMAIN 4.4). */
@Injectable()
export class Disputes {
  constructor(
    @Inject(EVENT_STORE) private readonly store: EventStore,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async raise(
    individual: Individual,
    disputeId: string,
    element: string,
    reason: DisputeReason,
  ): Promise<{ readonly disputeId: string }> {
    const { accessId } = individual;
    const personId = await survivorOf(this.store, individual.personId);
    const raisedAt = this.clock.now().toISOString();
    const data: ValueDisputedData = { personId, element, reason, accessId, raisedAt };
    const [there] = await this.store.heads([disputeStream(disputeId)]);
    if (there === undefined) {
      await this.store.append(disputeStream(disputeId), 'none', [
        {
          id: derivedEventId('dispute', disputeId),
          type: 'ValueDisputed',
          data,
          metadata: METADATA(accessId),
        },
      ]);
    }
    await this.store.append(disputesOfStream(personId), 'any', [
      {
        id: derivedEventId('dispute-of', disputeId),
        type: 'DisputeRaised',
        data: { disputeId },
        metadata: METADATA(accessId),
      },
    ]);
    const task = { kind: 'value-disputed', personId, about: disputeId } as const;
    await openTask(this.store, { ...task, openedAt: raisedAt }, disputeId);
    return { disputeId };
  }

  async of({ personId }: Individual): Promise<readonly OwnDispute[]> {
    const ids = await this.idsOf(await survivorOf(this.store, personId));
    const disputes = await Promise.all(ids.map((id) => this.load(id)));
    return disputes.flatMap((dispute) => (dispute === undefined ? [] : [dispute]));
  }

  /** @throws PrivacyError `PRIVACY.DISPUTE_UNKNOWN` */
  async end(disputeId: string, outcome: DisputeOutcome, endedBy: string): Promise<OwnDispute> {
    const dispute = await this.load(disputeId);
    if (dispute === undefined) throw new PrivacyError('PRIVACY.DISPUTE_UNKNOWN');
    if (dispute.status === outcome) return dispute;
    if (dispute.status !== 'open') throw new PrivacyError('PRIVACY.REQUEST_ALREADY_DECIDED');
    await this.store.append(disputeStream(disputeId), 0, [
      {
        id: randomUUID(),
        type: 'DisputeEnded',
        data: { outcome, endedBy },
        metadata: METADATA(endedBy),
      },
    ]);
    return { ...dispute, status: outcome };
  }

  private async load(disputeId: string): Promise<OwnDispute | undefined> {
    const events = (await this.store.read(disputeStream(disputeId))) as unknown as DisputeEvent[];
    const [raised, ended] = events;
    if (raised?.type !== 'ValueDisputed') return undefined;
    const { element, reason, raisedAt } = raised.data;
    const status = ended?.type === 'DisputeEnded' ? ended.data.outcome : 'open';
    return { disputeId, element, reason, raisedAt, status };
  }

  private async idsOf(personId: string): Promise<string[]> {
    const ids: string[] = [];
    for (let from = 0; ; from += PAGE) {
      const page = await this.store.read(disputesOfStream(personId), { from, limit: PAGE });
      ids.push(...page.map(({ data }) => data['disputeId'] as string));
      if (page.length < PAGE) return ids;
    }
  }
}

const METADATA = (actor: string) => ({ schemaVersion: 1, actor });
