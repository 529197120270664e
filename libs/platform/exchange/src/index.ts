export {
  InboundKey,
  NotSealedForRegistry,
  sealForRegistry,
  type PublicKey,
  type SealedMessage,
} from './sealed-for-registry.js';
export * from './exchange.port.js';
export { createMemoryExchange, type MemoryExchange } from './memory-exchange.js';
