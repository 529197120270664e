export { QueryModule } from './query.module.js';
export { RecordsModule } from './record/records.module.js';
export { recordConsumerOn } from './record/record-consumer.js';
export { attestationTopic } from './read/attestation.topic.js';
export { SubscriptionModule } from './subscription/subscription.module.js';
export { subscriptionTopic } from './subscription/subscription.topic.js';
