export * from './backing-store.js';
export * from './fake-event-store-server.js';
export * from './faults.js';
