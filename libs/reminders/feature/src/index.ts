export { RemindersModule } from './reminders.module.js';
export { campaignTopic } from './campaign/campaign.topic.js';
export { participationTopic } from './participation/participation.topic.js';
