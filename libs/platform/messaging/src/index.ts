export * from './messaging.port.js';
export * from './embedded-messaging.js';
export * from './consumer-tables.js';
export * from './running-consumer.js';
export * from './consumer.js';
export * from './projector.js';
export * from './reactor.js';
export * from './consumer-registry.js';
export { derivedEventId } from './derived-event-id.js';
