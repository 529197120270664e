export * from './postgres-server.js';
export { startPostgres, type PostgresCluster } from './postgres-cluster.js';
export { PostgresProxy } from './postgres-proxy.js';
