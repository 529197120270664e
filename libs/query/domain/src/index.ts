export * from './source.js';
export * from './vaccine-facts.js';
export * from './consolidation-policy.js';
export * from './consolidated-record.js';
export * from './consolidate.js';
export { showableSources, standingsOf, type Standing } from './standing.js';
export * from './search-key.js';
