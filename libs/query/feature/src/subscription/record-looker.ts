import type { PurposeOfUse } from '@registry/contracts';
import { RevisionConflict, type EventStore, type JsonObject } from '@registry/event-store';
import { derivedEventId } from '@registry/messaging';
import {
  decideDisclosure,
  DecisionHeads,
  MN_EXCHANGE_1,
  PrivacyStreamUnreadable,
  survivorOf,
  type DecisionSubject,
} from '@registry/privacy-gate';
import {
  decideSubscribedRecord,
  type SubscribedPerson,
  type SubscribedRecord,
  type Subscription,
} from '@registry/query-domain';
import type { Clock } from '@registry/runtime';
import type { FoldedRecords, RecordChange } from '../record/folded-records.js';
import { subscribedRecordStream, subscriptionStream } from './subscription.topic.js';

export interface LookerParts {
  readonly store: EventStore;
  readonly clock: Clock;
  readonly folded: Pick<FoldedRecords, 'newestLink'>;
}

/** Somebody to look at. */
export interface PersonToLookAt extends SubscribedPerson {
  /** The newest change that the record did not have when it was looked for; -1: none. */
  readonly awaited?: number;
}

/** Somebody whose record is not there, or not as new as it should be. */
export type AwaitedPerson = Required<PersonToLookAt> & {
  /** May be fetched already: to be looked at again soon. Else the change is remembered for whenever that begins. */
  readonly mayFetch: boolean;
};

const ACTOR = 'query-subscriptions';
/** Looks under way at once: the store puts their appends into one flush. */
const WIDTH = 16;

/**
 * Decides what a subscriber is to be told of a person, by the gate's own decision on heads: exactly whom its client could fetch now.
 *
 * No disclosure is committed for it: what is told is the subscriber's own id of somebody whom it serves and may see, and nothing of the
 * record; a withdrawal says even less. Whatever it fetches then is disclosed by the gate, and in the person's history.
 */
export class RecordLooker {
  constructor(private readonly parts: LookerParts) {}

  /**
   * @param changes of records that call for the look
   * @param patient the projection may be at the same messages: it is waited for
   * @throws StoreUnavailable
   */
  async lookAtAll(
    persons: readonly PersonToLookAt[],
    { changes = [], patient = false }: { changes?: readonly RecordChange[]; patient?: boolean } = {},
  ): Promise<AwaitedPerson[]> {
    const survivors = new Map<string, Promise<string>>();
    const survivor = (personId: string): Promise<string> => {
      const known = survivors.get(personId) ?? this.survivorOf(personId);
      survivors.set(personId, known);
      return known;
    };
    const changesOf = new Map<string, RecordChange[]>();
    if (persons.length > 0) {
      for (const change of changes) {
        for (const record of new Set(await Promise.all(change.personIds.map(survivor)))) {
          changesOf.set(record, [...(changesOf.get(record) ?? []), change]);
        }
      }
    }
    const queue = [...persons];
    const awaited: AwaitedPerson[] = [];
    const worker = async (): Promise<void> => {
      for (let person = queue.shift(); person !== undefined; person = queue.shift()) {
        const record = await survivor(person.personId);
        const change = await this.look(person, record, { changes: changesOf.get(record) ?? [], patient });
        if (change !== undefined) awaited.push({ ...person, ...change });
      }
    };
    // `allSettled`, so that no append is still under way when this is tried again.
    const results = await Promise.allSettled(Array.from({ length: WIDTH }, worker));
    for (const result of results) if (result.status === 'rejected') throw result.reason;
    return awaited;
  }

  /**
   * Until there is nothing more to say: what has changed between the decision and its append may have been looked at by somebody else
   * meanwhile, who found nothing offered yet.
   * @returns the change that has not been told of yet (-1: none, there is no record); undefined: all is said
   */
  private async look(
    { organizationId, personId, registryId, awaited = -1 }: PersonToLookAt,
    record: string,
    { changes, patient }: { readonly changes: readonly RecordChange[]; readonly patient: boolean },
  ): Promise<Pick<AwaitedPerson, 'awaited' | 'mayFetch'> | undefined> {
    const { store, clock, folded } = this.parts;
    const person: SubscribedPerson = { organizationId, personId, registryId };
    const changed = Math.max(awaited, ...changes.map(({ revision }) => revision));
    const stream = subscribedRecordStream(organizationId, personId);
    for (;;) {
      const [subscribed, head] = await store.heads([subscriptionStream(organizationId), stream]);
      const state = head?.data['state'] as SubscribedRecord | undefined;
      const subscription = subscribed?.data['state'] as Subscription | undefined;
      const at = clock.now().toISOString();
      const mayFetch = await this.mayFetch(subscription, personId, record, at);
      const isOffered = state?.status === 'available';
      const isNew = mayFetch && (!isOffered || changed > state.content);
      const told = state?.content ?? -1;
      const newest = isNew
        ? await folded.newestLink(organizationId, registryId, {
            changes,
            // Once told, it is waited for no more.
            awaited: awaited > told ? awaited : -1,
            patient,
          })
        : undefined;
      const [event] = decideSubscribedRecord(
        {
          type: 'LookAgain',
          person,
          // Once offered, it is the decision alone that ends it: a projection that is made anew has nothing for a while.
          isAvailable: mayFetch && (isOffered || newest !== undefined),
          // A message that comes late, or again, is of no change if the record that was offered has it.
          ...(newest === undefined ? {} : { content: Math.max(newest, changed) }),
          at,
        },
        state,
      );
      if (event === undefined) {
        // What starts a relationship again can come before that start: the record would be offered without it, and never again.
        const isUntold = mayFetch ? isNew && newest === undefined : changed > told;
        return isUntold ? { awaited: changed, mayFetch } : undefined;
      }
      const { type, data } = event;
      try {
        await store.append(stream, head?.revision ?? 'none', [
          {
            id: derivedEventId(ACTOR, organizationId, personId, type, data.state.version),
            type,
            data: data as unknown as JsonObject,
            metadata: { schemaVersion: 1, actor: ACTOR },
          },
        ]);
      } catch (error) {
        // An acknowledgment, or somebody else who looks: look again.
        if (!(error instanceof RevisionConflict)) throw error;
      }
    }
  }

  private async mayFetch(
    subscription: Subscription | undefined,
    personId: string,
    record: string,
    at: string,
  ): Promise<boolean> {
    if (subscription?.status !== 'active') return false;
    const { organizationId, clientId, purpose } = subscription;
    const subject: DecisionSubject = {
      requester: { organizationId, clientId },
      purpose: purpose as PurposeOfUse,
      personId: record,
      ...(record === personId ? {} : { knownAs: personId }),
    };
    try {
      const heads = await DecisionHeads.read(this.parts.store, record, [subject]);
      return decideDisclosure(heads.factsOf(subject, at), MN_EXCHANGE_1).permit;
    } catch (error) {
      // Deny, never guess.
      if (error instanceof PrivacyStreamUnreadable) return false;
      throw error;
    }
  }

  private async survivorOf(personId: string): Promise<string> {
    try {
      return await survivorOf(this.parts.store, personId);
    } catch (error) {
      if (error instanceof PrivacyStreamUnreadable) return personId;
      throw error;
    }
  }
}
