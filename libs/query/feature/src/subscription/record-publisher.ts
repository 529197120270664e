import { readContractEvent, type RecordAvailable, type RecordsReconciled } from '@registry/contracts';
import type { Exchange, ExchangedEvent } from '@registry/exchange';
import { batchReactor, type Consumer, type ConsumerTrouble, type Messaging } from '@registry/messaging';
import type { ReadModel } from '@registry/persistence';

export const subscriberTopic = (organizationId: string): string => `subscriber.${organizationId}.records.v1`;

/**
 * Tells subscribers on their own topics. At least once: the id of a message is that of the event that it tells of, and the version says
 * which message is the newer one.
 */
export const recordPublisher = (
  exchange: Exchange,
  messaging: Messaging,
  readModel: ReadModel,
  onTrouble: (trouble: ConsumerTrouble) => void,
): Consumer =>
  batchReactor(messaging, {
    group: 'query-subscriber-topics',
    topics: ['query.subscriptions.v1'],
    readModel,
    onTrouble,
    reactToAll: async (deliveries) => {
      const byTopic = new Map<string, ExchangedEvent[]>();
      for (const { event: delivered } of deliveries) {
        const told = toldBy(readContractEvent('query.subscriptions.v1', delivered));
        if (told === undefined) continue;
        const topic = subscriberTopic(told.organizationId);
        const { id, recordedAt: time } = delivered;
        const { type, key, data } = told;
        byTopic.set(topic, [...(byTopic.get(topic) ?? []), { id, type, time, key, data }]);
      }
      for (const [topic, events] of byTopic) await exchange.publish(topic, events);
    },
  });

/** Value by value: nothing else that an event says leaves the registry. */
const toldBy = (
  event: ReturnType<typeof readContractEvent<'query.subscriptions.v1'>>,
): (Pick<ExchangedEvent, 'type' | 'key' | 'data'> & { readonly organizationId: string }) | undefined => {
  switch (event.type) {
    case 'SubscriptionChanged':
      return undefined;
    case 'SubscriptionReconciled': {
      const { organizationId, day, records, digest } = event.data;
      const data: RecordsReconciled = { day, records, digest };
      return { organizationId, type: 'RecordsReconciled', key: day, data };
    }
    case 'SubscribedRecordChanged': {
      const { organizationId, registryId, version, state, acknowledged } = event.data;
      if (acknowledged === true) return undefined;
      const data: RecordAvailable = { registryId, version };
      const type = state === 'available' ? 'RecordAvailable' : 'RecordWithdrawn';
      return { organizationId, type, key: registryId, data };
    }
  }
};
