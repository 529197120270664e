export { METRICS, Metrics, type Measured } from './metrics.js';
export * from './logger.js';
export * from './nest-logger.js';
