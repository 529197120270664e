export * from './directory-error.js';
export * from './access.events.js';
export * from './organization.decider.js';
export * from './agreement.decider.js';
export * from './client.decider.js';
export * from './relationship.decider.js';
