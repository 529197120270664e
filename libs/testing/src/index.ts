export * from './access-fixtures.js';
export * from './given.js';
export * from './identity-decisions.js';
