export * from './clock.js';
export * from './configuration.js';
export * from './consumer-trouble-log.js';
export * from './data-folder.js';
export * from './read-models.js';
export * from './runtime.module.js';
export * from './runtime-lifecycle.js';
export * from './run-service.js';
