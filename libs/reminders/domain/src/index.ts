export * from './reminder-policy.js';
export * from './reminder.decider.js';
export * from './reminder.events.js';
export * from './reminder-text.js';
export * from './campaign.events.js';
export * from './participation.decider.js';
