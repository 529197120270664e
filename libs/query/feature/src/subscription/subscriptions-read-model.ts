import type { ReadModel } from '@registry/persistence';
import type { ReadModels } from '@registry/runtime';
import { CreateSubscriptions1700000000330, SUBSCRIPTION_ENTITIES } from './subscription-rows.js';

export const SUBSCRIPTIONS_READ_MODEL = Symbol('SubscriptionsReadModel');

/** A file of its own: that of the records is written by another thread. */
export const openSubscriptions = (readModels: ReadModels): Promise<ReadModel> =>
  readModels.open({
    context: 'query',
    part: 'subscriptions',
    entities: SUBSCRIPTION_ENTITIES,
    migrations: [CreateSubscriptions1700000000330],
  });
