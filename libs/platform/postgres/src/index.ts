export {
  type AdvisoryKey,
  advisoryKey,
  connectSession,
  openPool,
  type PoolOptions,
  type PostgresAway,
  type PostgresConnection,
  PostgresPool,
  type PostgresPoolOptions,
  sessionOptions,
  type Statement,
} from './postgres-pool.js';
export {
  isContention,
  isLostConnection,
  isOnStandby,
  isTimeout,
  PostgresRefused,
} from './postgres-errors.js';
