export { clusterTable } from './cluster-table.js';
export { openPostgresReadModel, type PostgresReadModelOptions } from './postgres-read-model.js';
export * from './read-model.js';
export { openReadModel, type ReadModelOptions } from './sqlite-read-model.js';
export type { SqlValue } from './sql-value.js';
