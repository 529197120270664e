export * from './postgres-server.js';
export { startPostgres, type PostgresCluster, type PostgresStandby } from './postgres-cluster.js';
