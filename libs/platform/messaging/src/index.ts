export * from './messaging.port.js';
export * from './embedded-messaging.js';
export {
  createKafka,
  DEFAULT_SESSION_TIMEOUT_MS,
  KAFKA_RETRY,
  named,
  type KafkaOptions,
} from './kafka-client.js';
export { KafkaMember } from './kafka-member.js';
export { pauseFor, retry } from './retry.js';
export * from './kafka-messaging.js';
export * from './kafka-relay.js';
export { ensureTopics, relayTopicOf, type TopicLayout } from './kafka-topics.js';
export * from './consumer-tables.js';
export * from './running-consumer.js';
export * from './consumer.js';
export * from './projector.js';
export * from './reactor.js';
export * from './consumer-registry.js';
export { mapInSlices, Slice } from './slice.js';
export { derivedEventId } from './derived-event-id.js';
