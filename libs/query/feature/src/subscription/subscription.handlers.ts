import { randomUUID } from 'node:crypto';
import { Inject } from '@nestjs/common';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { Caller } from '@registry/access';
import {
  accessStreams,
  agreementTermAt,
  type AgreementState,
  type ClientState,
  type OrganizationState,
  type PurposeOfUse,
} from '@registry/contracts';
import { EVENT_STORE, RevisionConflict, type EventStore, type JsonObject } from '@registry/event-store';
import type { ReadModel } from '@registry/persistence';
import { MN_EXCHANGE_1 } from '@registry/privacy-gate';
import {
  decideSubscribedRecord,
  decideSubscription,
  SubscriptionError,
  type SubscribedRecord,
  type SubscriberFacts,
  type Subscription,
} from '@registry/query-domain';
import { CLOCK, type Clock } from '@registry/runtime';
import { subscribedRecordStream, subscriptionStream } from './subscription.topic.js';
import { SUBSCRIPTIONS_READ_MODEL } from './subscriptions-read-model.js';

export class Subscribe {
  constructor(
    readonly organizationId: string,
    readonly clientId: string,
    readonly purpose: PurposeOfUse,
    readonly caller: Caller,
  ) {}
}

export class EndSubscription {
  constructor(
    readonly organizationId: string,
    readonly caller: Caller,
  ) {}
}

export class AcknowledgeWithdrawal {
  constructor(
    /** The subscriber's own id of the person. */
    readonly registryId: string,
    readonly version: number,
    readonly caller: Caller,
  ) {}
}

/** A subscription as it is told to administrators. */
export type SubscriptionView = Pick<Subscription, 'organizationId' | 'clientId' | 'purpose' | 'status'>;

export interface AcknowledgedWithdrawal {
  readonly registryId: string;
  readonly version: number;
  readonly status: 'acknowledged';
}

@CommandHandler(Subscribe)
export class SubscribeHandler implements ICommandHandler<Subscribe, SubscriptionView> {
  constructor(
    @Inject(EVENT_STORE) private readonly store: EventStore,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @throws SubscriptionError */
  async execute(command: Subscribe): Promise<SubscriptionView> {
    const { organizationId, clientId, purpose, caller } = command;
    const facts = await this.factsOf(command);
    const state = await decideAtHead<Subscription>(
      this.store,
      subscriptionStream(organizationId),
      caller.clientId,
      (known) => decideSubscription({ type: 'Subscribe', organizationId, clientId, purpose, facts }, known),
    );
    return viewOf(state);
  }

  private async factsOf({ organizationId, clientId }: Subscribe): Promise<SubscriberFacts | undefined> {
    const heads = await this.store.heads([
      accessStreams.organization(organizationId),
      accessStreams.agreement(organizationId),
      accessStreams.client(clientId),
    ]);
    const [organization, agreement, client] = heads.map((head) => head?.data['state']) as [
      OrganizationState | undefined,
      AgreementState | undefined,
      ClientState | undefined,
    ];
    if (organization === undefined) return undefined;
    const at = this.clock.now().toISOString();
    const term = agreement && agreementTermAt(agreement, at);
    const isOver = term === undefined || Date.parse(term.endsAt) <= Date.parse(at);
    return {
      organizationIsActive: organization.status === 'active',
      purposesOfCategory: MN_EXCHANGE_1.purposes[organization.category],
      purposesAgreed: isOver ? [] : term.purposes,
      client:
        client?.organizationId === organizationId
          ? {
              readsAlone:
                client.status === 'active' && client.roles.includes('reader') && client.actsForUsers !== true,
            }
          : undefined,
    };
  }
}

@CommandHandler(EndSubscription)
export class EndSubscriptionHandler implements ICommandHandler<EndSubscription, SubscriptionView> {
  constructor(@Inject(EVENT_STORE) private readonly store: EventStore) {}

  /** @throws SubscriptionError */
  async execute({ organizationId, caller }: EndSubscription): Promise<SubscriptionView> {
    const state = await decideAtHead<Subscription>(
      this.store,
      subscriptionStream(organizationId),
      caller.clientId,
      (known) => decideSubscription({ type: 'EndSubscription' }, known),
    );
    return viewOf(state);
  }
}

@CommandHandler(AcknowledgeWithdrawal)
export class AcknowledgeWithdrawalHandler implements ICommandHandler<
  AcknowledgeWithdrawal,
  AcknowledgedWithdrawal
> {
  constructor(
    @Inject(EVENT_STORE) private readonly store: EventStore,
    @Inject(SUBSCRIPTIONS_READ_MODEL) private readonly readModel: ReadModel,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @throws SubscriptionError also of an id that is nobody's: as if there were no such withdrawal */
  async execute({ registryId, version, caller }: AcknowledgeWithdrawal): Promise<AcknowledgedWithdrawal> {
    const { organizationId, clientId } = caller;
    const [row] = await this.readModel.select<{ personId: string }>(
      'SELECT person_id AS "personId" FROM subscribable_person WHERE id = ?',
      [`${organizationId}|${registryId}`],
    );
    // Nobody's stream has nothing in it: the same calls, whether there is somebody or not.
    const stream = subscribedRecordStream(organizationId, row?.personId ?? registryId);
    const at = this.clock.now().toISOString();
    await decideAtHead<SubscribedRecord>(this.store, stream, clientId, (known) =>
      decideSubscribedRecord({ type: 'AcknowledgeRetraction', version, at }, known),
    );
    return { registryId, version, status: 'acknowledged' };
  }
}

const viewOf = ({ organizationId, clientId, purpose, status }: Subscription): SubscriptionView => ({
  organizationId,
  clientId,
  purpose,
  status,
});

/** The subscription that the caller's client fetches for. @throws SubscriptionError */
export const subscriptionOf = async (
  store: EventStore,
  { organizationId, clientId }: Caller,
): Promise<Subscription> => {
  const [head] = await store.heads([subscriptionStream(organizationId)]);
  const state = head?.data['state'] as Subscription | undefined;
  if (state?.clientId !== clientId) throw new SubscriptionError('SUBSCRIPTION.SUBSCRIPTION_MISSING');
  return state;
};

const ATTEMPTS = 3;

/** Decides on the state at a stream's head and appends; a conflict decides again. @returns the state after it @throws RevisionConflict */
const decideAtHead = async <State>(
  store: EventStore,
  stream: string,
  actor: string,
  decide: (state: State | undefined) => { readonly type: string; readonly data: { readonly state: State } }[],
): Promise<State> => {
  for (let attempt = 1; ; attempt += 1) {
    const [head] = await store.heads([stream]);
    const known = head?.data['state'] as State | undefined;
    const [event] = decide(known);
    if (event === undefined) return known as State;
    try {
      await store.append(stream, head?.revision ?? 'none', [
        {
          id: randomUUID(),
          type: event.type,
          data: event.data as unknown as JsonObject,
          metadata: { schemaVersion: 1, actor },
        },
      ]);
      return event.data.state;
    } catch (error) {
      if (!(error instanceof RevisionConflict) || attempt === ATTEMPTS) throw error;
    }
  }
};
