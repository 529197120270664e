import { accessStreams, type AgreementState, type RelationshipState } from '@registry/contracts';
import { RevisionConflict, type EventStore, type JsonObject } from '@registry/event-store';
import { legalDayOf } from '@registry/legal-day';
import { derivedEventId } from '@registry/messaging';
import type { ReadModel } from '@registry/persistence';
import { decideSubscription, type Subscription } from '@registry/query-domain';
import type { Clock } from '@registry/runtime';
import type { RecordLooker } from './record-looker.js';
import type { SubscriberFeed } from './subscriber-feed.query.js';
import { nextChangeOf, type SubscriberIndex } from './subscriber-index.js';
import { SubscriptionClockRow, type SubscriberRow } from './subscription-rows.js';
import { subscriptionStream } from './subscription.topic.js';

export interface SweepParts {
  readonly store: EventStore;
  readonly clock: Clock;
  readonly readModel: ReadModel;
  readonly index: SubscriberIndex;
  readonly looker: RecordLooker;
  readonly feed: SubscriberFeed;
  /** Has everything been projected that there is? */
  readonly isCaughtUp: () => boolean;
}

const ACTOR = 'query-subscriptions';

/**
 * What no message of a person brings: all persons of a subscriber whose agreement or subscription changed, page by page; terms that begin
 * and end by the clock; once a legal day the reconciliation. Goes on after a crash where it was, and may run as often as one likes.
 */
export class SubscriptionSweep {
  private running: Promise<void> = Promise.resolve();
  private stopped = false;

  constructor(private readonly parts: SweepParts) {}

  /** Resolves when it has run after this call. @throws StoreUnavailable */
  run(): Promise<void> {
    const mine = this.running.then(() => this.sweep());
    this.running = mine.catch(() => undefined);
    return mine;
  }

  /** Resolves when the page under way is done and no other will be taken. */
  async stop(): Promise<void> {
    this.stopped = true;
    await this.running;
  }

  private async sweep(): Promise<void> {
    const { clock, index } = this.parts;
    if (this.stopped) return;
    const now = clock.now();
    const subscribers = await index.subscribers();
    if (subscribers.length === 0) return;
    await this.callWhereTermsChanged(subscribers, now);
    for (const { organizationId, active } of subscribers) {
      if (active) await this.lookWhereEvidenceChanged(organizationId, now);
    }
    for (const subscriber of await index.subscribers()) {
      if (subscriber.answered < subscriber.calls) await this.lookAtAll(subscriber);
    }
    for (const { organizationId, active, calls, answered } of await index.subscribers()) {
      if (active && answered === calls) await this.reconcile(organizationId, now);
    }
  }

  private async callWhereTermsChanged(subscribers: readonly SubscriberRow[], now: Date): Promise<void> {
    const { store, readModel, index } = this.parts;
    const [row] = await readModel.select<{ until: string }>('SELECT until FROM subscription_clock');
    const from = row === undefined ? now.getTime() : Date.parse(row.until);
    const active = subscribers.filter((subscriber) => subscriber.active);
    const heads = await store.heads(
      active.map(({ organizationId }) => accessStreams.agreement(organizationId)),
    );
    const changed = active.filter((_subscriber, place) => {
      const agreement = heads[place]?.data['state'] as AgreementState | undefined;
      const terms = agreement === undefined ? [] : [agreement, ...(agreement.next ? [agreement.next] : [])];
      return terms
        .flatMap(({ startsAt, endsAt }) => [Date.parse(startsAt), Date.parse(endsAt)])
        .some((instant) => from < instant && instant <= now.getTime());
    });
    await index.call(changed.map(({ organizationId }) => organizationId));
    await readModel.write((tx) =>
      tx.upsert(SubscriptionClockRow, [{ id: 'agreements', until: now.toISOString() }]),
    );
  }

  private async lookWhereEvidenceChanged(organizationId: string, now: Date): Promise<void> {
    const { store, index, looker } = this.parts;
    while (!this.stopped) {
      const persons = await index.changedBy(organizationId, now.toISOString());
      if (persons.length === 0) return;
      const heads = await store.heads(
        persons.map(({ personId }) => accessStreams.relationship(organizationId, personId)),
      );
      const awaited = await looker.lookAtAll(persons);
      const next = heads.map((head) =>
        head === undefined ? '' : nextChangeOf(head.data['state'] as unknown as RelationshipState, now),
      );
      await index.looked(persons, next, awaited, now);
    }
  }

  private async lookAtAll(subscriber: SubscriberRow): Promise<void> {
    const { clock, index, looker } = this.parts;
    let { reached } = subscriber;
    while (!this.stopped) {
      const persons = await index.personsAfter(subscriber.organizationId, reached);
      const last = persons.at(-1);
      if (last === undefined) {
        await index.reached(subscriber, 'done');
        return;
      }
      await index.lookAgain(await looker.lookAtAll(persons), clock.now());
      reached = last.registryId;
      // Another call came: the next run begins anew.
      if (!(await index.reached(subscriber, { reached }))) return;
    }
  }

  private async reconcile(organizationId: string, now: Date): Promise<void> {
    const { store, feed, isCaughtUp } = this.parts;
    const stream = subscriptionStream(organizationId);
    const day = legalDayOf(now);
    const [head] = await store.heads([stream]);
    const state = head?.data['state'] as Subscription | undefined;
    if (this.stopped || head === undefined || !isCaughtUp() || state?.reconciliation?.day === day) return;
    const digest = await feed.digest(organizationId);
    // Records are changing: the next run finds them at rest.
    if (digest === undefined) return;
    const [event] = decideSubscription({ type: 'TakeReconciliation', day, ...digest }, state);
    if (event === undefined) return;
    try {
      await store.append(stream, head.revision, [
        {
          id: derivedEventId(ACTOR, organizationId, event.type, day),
          type: event.type,
          data: event.data as unknown as JsonObject,
          metadata: { schemaVersion: 1, actor: ACTOR },
        },
      ]);
    } catch (error) {
      // The subscription has just changed, or somebody else took it.
      if (!(error instanceof RevisionConflict)) throw error;
    }
  }
}
