import { readContractEvent } from '@registry/contracts';
import type { EventStore, Position } from '@registry/event-store';
import { reactor, type Consumer, type ConsumerTrouble, type Messaging } from '@registry/messaging';
import type { ReadModel } from '@registry/persistence';
import { privacyStateAt } from '@registry/privacy-gate';
import type { SubmissionRepository } from '../submission.repository.js';

export interface SuppressionParts {
  readonly store: EventStore;
  readonly submissions: SubmissionRepository;
  readonly messaging: Messaging;
  readonly readModel: ReadModel;
  readonly onTrouble: (trouble: ConsumerTrouble) => void;
}

const GROUP = 'ingestion-suppression';

/**
 * Suppresses each submission that was linked to a person after that person's opt-out. Every link comes by here once, in log
 * order, so the answer does not depend on who was faster: the setting that counts is the one at the link's own
 * position. This is also the sweep of links made while an opt-out was on its way. Links to a person who is held wait for the review.
 */
export const suppressionReactor = ({
  store,
  submissions,
  messaging,
  readModel,
  onTrouble,
}: SuppressionParts): Consumer =>
  reactor(messaging, {
    group: GROUP,
    topics: ['identity.decisions.v1'],
    readModel,
    onTrouble,
    react: async ({ event: delivered }) => {
      const event = readContractEvent('identity.decisions.v1', delivered);
      if (event.type === 'PersonsMerged') {
        // Held as perhaps somebody who opted out, and found to be (DOMAIN 3.4).
        const { survivorId: personId, discarded = [] } = event.data;
        for (const submissionId of discarded)
          await submissions.react(submissionId, { type: 'SuppressSubmission', personId }, event.id, GROUP);
        return;
      }
      if (event.type !== 'SubmissionLinked' && event.type !== 'RosterEntryMatched') return;
      const { personId, submissionId } = event.data;
      const at = event.position as Position;
      if (!(await wasOptedOut(store, personId, at))) return;
      await submissions.react(submissionId, { type: 'SuppressSubmission', personId }, event.id, GROUP);
    },
  });

const wasOptedOut = async (store: EventStore, personId: string, at: Position): Promise<boolean> => {
  const state = await privacyStateAt(store, personId, at);
  return state.status === 'opened' && state.setting.optedOut;
};
