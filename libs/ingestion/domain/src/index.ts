export * from './submission.events.js';
export * from './submission.state.js';
export * from './submission.decider.js';
export * from './upload.events.js';
export * from './upload.state.js';
export * from './upload.decider.js';
export * from './roster-senders.js';
export * from './quality.events.js';
