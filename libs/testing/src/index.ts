export * from './access-fixtures.js';
export * from './given.js';
