import type { ContentKeys } from '@registry/content-keys';
import { readContractEvent, submissionStream } from '@registry/contracts';
import { batchReactor, type Consumer, type ConsumerTrouble, type Messaging } from '@registry/messaging';
import type { ReadModel } from '@registry/persistence';
import type { SubmissionRepository } from '../submission.repository.js';

export interface ContentDestructionParts {
  readonly contentKeys: ContentKeys;
  readonly submissions: SubmissionRepository;
  readonly messaging: Messaging;
  readonly readModel: ReadModel;
  readonly onTrouble: (trouble: ConsumerTrouble) => void;
}

const GROUP = 'ingestion-content-destruction';

/**
 * Destroys the key of each suppressed submission, then records `ContentDestroyed`: in this order, so that the record is
 * never early. A destruction that a reader holds up rejects, and the batch comes again until it is done.
 */
export const contentDestructionReactor = (parts: ContentDestructionParts): Consumer =>
  batchReactor(parts.messaging, {
    group: GROUP,
    topics: ['ingestion.submissions.v1'],
    readModel: parts.readModel,
    onTrouble: parts.onTrouble,
    reactToAll: async (deliveries) => {
      const suppressed = deliveries
        .map(({ event }) => readContractEvent('ingestion.submissions.v1', event))
        .filter((event) => event.type === 'SubmissionSuppressed');
      if (suppressed.length === 0) return;
      // Together: one transaction and one checkpoint of the key file.
      await parts.contentKeys.destroy(suppressed.map((event) => submissionStream(event.data.submissionId)));
      await Promise.all(
        suppressed.map((event) =>
          parts.submissions.react(
            event.data.submissionId,
            { type: 'RecordContentDestroyed' },
            event.id,
            GROUP,
          ),
        ),
      );
    },
  });
