export {
  currentTraceparent,
  inSpan,
  isTracing,
  startRequestSpan,
  startTracing,
  stopTracing,
  type RequestSpan,
} from './tracing.js';
export { METRICS, Metrics, type Measured } from './metrics.js';
export * from './logger.js';
export * from './nest-logger.js';
