export * from './source.js';
export * from './consolidated-record.js';
export * from './consolidate.js';
export * from './search-key.js';
