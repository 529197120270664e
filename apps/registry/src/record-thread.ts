import 'reflect-metadata';
import { relationshipTopic } from '@registry/directory-feature';
import { decisionTopic } from '@registry/identity-feature';
import { submissionTopic } from '@registry/ingestion-feature';
import { settingTopic } from '@registry/privacy-feature';
import { recordConsumerOn } from '@registry/query-feature';
import { runConsumerThread } from '@registry/runtime';

/** The thread of the record projection: a good third of all the work there is under load. */
runConsumerThread(async (parts) => {
  for (const topic of [decisionTopic, submissionTopic, settingTopic, relationshipTopic])
    parts.messaging.declare(topic);
  return recordConsumerOn(parts);
});
