export { IdentityModule } from './identity.module.js';
export { decisionTopic } from './decision.topic.js';
