import { describeEventStoreModel } from './event-store-model.contract.js';
import { describeEventStoreContract } from './event-store.contract.js';
import { createMemoryEventStore } from './memory-event-store.js';

describeEventStoreContract('The memory adapter', () => ({
  open: async (now) => createMemoryEventStore(now && { now }),
  remove: async () => undefined,
}));

describeEventStoreModel('The memory adapter', async () => ({
  store: createMemoryEventStore(),
  remove: async () => undefined,
}));
