export {
  InboundKey,
  NotSealedForRegistry,
  sealForRegistry,
  type PublicKey,
  type SealedMessage,
} from './sealed-for-registry.js';
export { ExchangeMessaging } from './exchange-messaging.js';
export * from './exchange.port.js';
export { createKafkaExchange, type KafkaExchangeOptions } from './kafka-exchange.js';
export { createMemoryExchange, type MemoryExchange } from './memory-exchange.js';
