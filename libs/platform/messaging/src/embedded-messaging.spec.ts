import { createMemoryEventStore } from '@registry/event-store';
import { EmbeddedMessaging } from './embedded-messaging.js';
import { describeMessagingContract } from './messaging.contract.js';

describeMessagingContract('Embedded messaging', () => {
  const store = createMemoryEventStore();
  return Promise.resolve({ messaging: new EmbeddedMessaging(store), store, close: () => store.close() });
});
