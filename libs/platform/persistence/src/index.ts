export * from './read-model.js';
export { openReadModel, type ReadModelOptions } from './sqlite-read-model.js';
export type { SqlValue } from './sql-value.js';
