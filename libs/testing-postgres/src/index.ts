export * from './postgres-server.js';
export { startPostgres, type PostgresCluster } from './postgres-cluster.js';
