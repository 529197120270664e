export { IngestionModule } from './ingestion.module.js';
export { submissionTopic } from './submission.topic.js';
