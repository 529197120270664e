export * from './event-store.port.js';
export * from './eventstoredb-event-store.js';
export * from './memory-event-store.js';
export * from './postgres-event-store.js';
export * from './sqlite-event-store.js';
export * from './store-errors.js';
