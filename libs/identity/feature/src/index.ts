export { IdentityModule } from './identity.module.js';
export { decisionTopic } from './decision.topic.js';
export { reviewTopic } from './review/review.topic.js';
