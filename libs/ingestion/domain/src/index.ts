export * from './submission.events.js';
export * from './submission.state.js';
export * from './submission.decider.js';
