export * from './caller.js';
export * from './access.decorators.js';
export * from './access.guard.js';
export * from './api-key.js';
