import type {
  ContractEvent,
  SubscribedRecordChanged,
  SubscriptionChanged,
  SubscriptionReconciled,
} from '@registry/contracts';
import type { RecordedEvent } from '@registry/event-store';
import type { TopicDeclaration } from '@registry/messaging';
import type { SubscribedRecord, Subscription } from '@registry/query-domain';

export const subscriptionStream = (organizationId: string): string => `subscription-${organizationId}`;

/** One stream for each subscriber and person: a long one for each subscriber would make all its decisions wait for one another. */
export const subscribedRecordStream = (organizationId: string, personId: string): string =>
  `subscribed-${organizationId}-${personId}`;

/** Subscriptions and what became of each record. The registry's own id of a person stays in the stream. */
export const subscriptionTopic: TopicDeclaration = {
  topic: 'query.subscriptions.v1',
  categories: ['subscription', 'subscribed'],
  toContract: (recorded: RecordedEvent): ContractEvent => {
    const { id, revision, position, recordedAt } = recorded;
    const { type, key, data } = contractOf(recorded);
    return { id, type, key, revision, position, recordedAt, data };
  },
};

const contractOf = ({ type, data }: RecordedEvent): Pick<ContractEvent, 'type' | 'key' | 'data'> => {
  switch (type) {
    case 'ReconciliationTaken': {
      const { organizationId, reconciliation } = data['state'] as unknown as Subscription;
      const { day = '', records = 0, digest = '' } = reconciliation ?? {};
      const reconciled: SubscriptionReconciled = { organizationId, day, records, digest };
      return { type: 'SubscriptionReconciled', key: organizationId, data: reconciled };
    }
    case 'RecordOffered':
    case 'RecordRetracted':
    case 'RetractionAcknowledged': {
      const state = data['state'] as unknown as SubscribedRecord;
      return { type: 'SubscribedRecordChanged', key: state.registryId, data: recordChanged(state) };
    }
    default: {
      const { organizationId, clientId, purpose, status } = data['state'] as unknown as Subscription;
      const changed = { organizationId, clientId, purpose, status } as SubscriptionChanged;
      return { type: 'SubscriptionChanged', key: organizationId, data: changed };
    }
  }
};

const recordChanged = (state: SubscribedRecord): SubscribedRecordChanged => {
  const { organizationId, registryId, version, status } = state;
  const common = { organizationId, registryId, version, state: status };
  if (status === 'available') return common;
  const { dueAt, acknowledgedAt } = state;
  return { ...common, dueAt, ...(acknowledgedAt === undefined ? {} : { acknowledged: true as const }) };
};
