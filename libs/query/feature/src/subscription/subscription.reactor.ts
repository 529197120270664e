import { Consumer, type ConsumerTrouble, type Messaging } from '@registry/messaging';
import type { ReadModel } from '@registry/persistence';
import type { Clock } from '@registry/runtime';
import { newsIn, SUBSCRIPTION_TOPICS } from './news.js';
import type { RecordLooker } from './record-looker.js';
import type { SubscriberIndex } from './subscriber-index.js';

export interface SubscriptionReactorParts {
  readonly index: SubscriberIndex;
  readonly looker: RecordLooker;
  readonly clock: Clock;
  readonly messaging: Messaging;
  readonly readModel: ReadModel;
  /** Told when all persons of somebody are to be looked at. */
  readonly onCalled: () => void;
  readonly onTrouble: (trouble: ConsumerTrouble) => void;
}

/**
 * Looks again at whom a message concerns, for each subscriber that serves the person. Messages only say whom to look at, so a repeat or
 * another order of topics ends alike.
 *
 * It keeps an index of its own before it acts, which no other reactor does: in one that another consumer keeps, a relationship could be
 * missing that has just been looked at, and the lock that follows it would pass its subscriber by.
 */
export const subscriptionReactor = ({
  index,
  looker,
  clock,
  messaging,
  readModel,
  onCalled,
  onTrouble,
}: SubscriptionReactorParts): Consumer =>
  new Consumer(messaging, {
    group: 'query-subscriptions',
    topics: SUBSCRIPTION_TOPICS,
    readModel,
    onTrouble,
    process: async (deliveries, commit) => {
      if (deliveries.length === 0) return commit();
      const news = newsIn(deliveries, clock.now());
      const persons = await index.keep(news);
      const awaited = await looker.lookAtAll(persons, { changes: news.changes, patient: true });
      await index.lookAgain(awaited, clock.now());
      await commit();
      if (news.subscriptions.length + news.organizations.size + news.clients.size > 0) onCalled();
    },
  });
