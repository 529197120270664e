import { SubscriptionError } from './subscription-error.js';

/** That an organization wants to be told of records, as it is at the head of `subscription-<organizationId>`. */
export interface Subscription {
  readonly organizationId: string;
  /** The system client that fetches the records: what it may see is what the organization is told of. */
  readonly clientId: string;
  readonly purpose: string;
  readonly status: 'active' | 'ended';
  /** The last one taken. */
  readonly reconciliation?: Reconciliation;
}

export interface Reconciliation {
  /** Legal day, `YYYY-MM-DD`. */
  readonly day: string;
  readonly records: number;
  readonly digest: string;
}

/** Each carries the full resulting state, so the head alone decides. */
export interface SubscriptionEvent {
  readonly type: 'SubscriptionStarted' | 'SubscriptionAmended' | 'SubscriptionEnded' | 'ReconciliationTaken';
  readonly data: { readonly state: Subscription };
}

/** What the directory says of a subscriber, looked up at the heads. */
export interface SubscriberFacts {
  readonly organizationIsActive: boolean;
  /** By the policy of disclosures. */
  readonly purposesOfCategory: readonly string[];
  /** Of the term in force; empty without one. */
  readonly purposesAgreed: readonly string[];
  /** Undefined: no client of this organization. `readsAlone`: it is active, may read, and acts for no users. */
  readonly client: { readonly readsAlone: boolean } | undefined;
}

export type SubscriptionCommand =
  | {
      readonly type: 'Subscribe';
      readonly organizationId: string;
      readonly clientId: string;
      readonly purpose: string;
      /** Undefined: there is no such organization. */
      readonly facts: SubscriberFacts | undefined;
    }
  | { readonly type: 'EndSubscription' }
  | ({ readonly type: 'TakeReconciliation' } & Reconciliation);

/** @param state undefined before the first event @throws SubscriptionError */
export const decideSubscription = (
  command: SubscriptionCommand,
  state: Subscription | undefined,
): SubscriptionEvent[] => {
  switch (command.type) {
    case 'Subscribe':
      return subscribe(command, state);
    case 'EndSubscription':
      if (state === undefined) throw new SubscriptionError('SUBSCRIPTION.SUBSCRIPTION_MISSING');
      if (state.status === 'ended') return [];
      return [{ type: 'SubscriptionEnded', data: { state: { ...state, status: 'ended' } } }];
    case 'TakeReconciliation': {
      const { day, records, digest } = command;
      // One a day, whoever is first.
      if (state?.status !== 'active' || !isAfter(day, state.reconciliation)) return [];
      const reconciliation: Reconciliation = { day, records, digest };
      return [{ type: 'ReconciliationTaken', data: { state: { ...state, reconciliation } } }];
    }
    default:
      return assertNever(command);
  }
};

const subscribe = (
  { organizationId, clientId, purpose, facts }: SubscriptionCommand & { readonly type: 'Subscribe' },
  state: Subscription | undefined,
): SubscriptionEvent[] => {
  if (facts === undefined) throw new SubscriptionError('SUBSCRIPTION.ORGANIZATION_UNKNOWN');
  if (!facts.organizationIsActive) throw new SubscriptionError('SUBSCRIPTION.ORGANIZATION_CLOSED');
  if (!facts.purposesOfCategory.includes(purpose))
    throw new SubscriptionError('SUBSCRIPTION.PURPOSE_NOT_FOR_CATEGORY');
  if (!facts.purposesAgreed.includes(purpose)) throw new SubscriptionError('SUBSCRIPTION.PURPOSE_NOT_AGREED');
  if (facts.client === undefined) throw new SubscriptionError('SUBSCRIPTION.CLIENT_UNKNOWN');
  if (!facts.client.readsAlone) throw new SubscriptionError('SUBSCRIPTION.CLIENT_DOES_NOT_READ_ALONE');
  const wanted = { organizationId, clientId, purpose, status: 'active' as const };
  if (state?.status !== 'active')
    return [{ type: 'SubscriptionStarted', data: { state: { ...state, ...wanted } } }];
  if (state.clientId === clientId && state.purpose === purpose) return [];
  return [{ type: 'SubscriptionAmended', data: { state: { ...state, ...wanted } } }];
};

const isAfter = (day: string, last: Reconciliation | undefined): boolean =>
  last === undefined || day > last.day;

const assertNever = (command: never): never => {
  throw new Error(`Unexpected ${JSON.stringify(command)}`);
};
