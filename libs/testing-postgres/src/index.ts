export * from './postgres-server.js';
export { PostgresProxy } from './postgres-proxy.js';
export { startPostgres, type PostgresCluster, type PostgresStandby } from './postgres-cluster.js';
