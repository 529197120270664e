export {
  type AdvisoryKey,
  advisoryKey,
  connectSession,
  type PostgresAway,
  type PostgresConnection,
  PostgresPool,
  type PostgresPoolOptions,
  sessionOptions,
  type Statement,
} from './postgres-pool.js';
export { PostgresRefused } from './postgres-errors.js';
