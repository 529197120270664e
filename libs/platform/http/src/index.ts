export { BodyPipe } from './body.pipe.js';
export * from './command-id.decorator.js';
export * from './problem.js';
export * from './problem.filter.js';
export * from './emits.decorator.js';
export * from './release-reply.js';
export * from './health.controller.js';
export * from './metrics.controller.js';
export * from './http-app.js';
