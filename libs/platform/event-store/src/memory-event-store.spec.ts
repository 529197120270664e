import { describeEventStoreModel } from './event-store-model.contract.js';
import { describeEventStoreContract } from './event-store.contract.js';
import { createMemoryEventStore } from './memory-event-store.js';

describeEventStoreContract('The memory adapter', () => ({
  open: (now) => Promise.resolve(createMemoryEventStore(now && { now })),
}));

describeEventStoreModel('The memory adapter', () => Promise.resolve({ store: createMemoryEventStore() }));
