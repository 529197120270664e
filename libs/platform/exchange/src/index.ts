export * from './exchange.port.js';
export { createMemoryExchange, type MemoryExchange } from './memory-exchange.js';
