import { readContractEvent } from '@registry/contracts';
import type { EventStore } from '@registry/event-store';
import {
  derivedEventId,
  reactor,
  type Consumer,
  type ConsumerTrouble,
  type Messaging,
} from '@registry/messaging';
import type { ReadModel } from '@registry/persistence';
import { tightensReview, type PrivacyCommand } from '@registry/privacy-domain';
import { readPrivacyHead, type ReleaseGate } from '@registry/privacy-gate';
import { namedBy, tightened } from './candidates.js';
import { awaitOpening } from './opening.reactor.js';

export interface ReviewParts {
  readonly store: EventStore;
  readonly gate: ReleaseGate;
  readonly messaging: Messaging;
  readonly readModel: ReadModel;
  readonly onTrouble: (trouble: ConsumerTrouble) => void;
}

const GROUP = 'privacy-review';

/**
 * Keeps who may read a person under review in step with its candidates' settings, and ends the review when somebody found the person to be
 * none of them: then the ordinary rules apply (DOMAIN 3.4, 5).
 */
export const reviewReactor = ({ store, gate, messaging, readModel, onTrouble }: ReviewParts): Consumer => {
  const change = (personId: string, command: PrivacyCommand, causationId: string) =>
    gate.changeSetting(
      personId,
      command,
      { schemaVersion: 1, causationId, actor: GROUP },
      derivedEventId(GROUP, causationId, personId),
    );

  const lookAgain = async (personId: string, causationId: string): Promise<void> => {
    const { state } = await readPrivacyHead(store, personId);
    if (state.status !== 'opened' || state.review === undefined) return;
    const review = await tightened(store, state.review);
    if (!tightensReview(state.review, review)) return;
    await change(
      personId,
      { type: 'TightenReview', review, cause: { kind: 'candidate-setting' } },
      causationId,
    );
  };

  return reactor(messaging, {
    group: GROUP,
    topics: ['identity.decisions.v1', 'privacy.settings.v1'],
    readModel,
    onTrouble,
    react: async ({ topic, event: delivered }) => {
      if (topic === 'identity.decisions.v1') {
        const event = readContractEvent(topic, delivered);
        if (event.type !== 'PersonKeptApart') return;
        const { personId, reviewId } = event.data;
        await awaitOpening(store, personId);
        await change(personId, { type: 'EndReview', cause: { kind: 'review', reviewId } }, event.id);
        return;
      }
      const event = readContractEvent('privacy.settings.v1', delivered);
      if (event.type !== 'PrivacySettingChanged') return;
      const { personId, setting, review } = event.data;
      // A candidate may have changed between the look at it and the opening.
      if (review !== undefined) await lookAgain(personId, event.id);
      if (!setting.optedOut && setting.lock.kind === 'none') return;
      for (const named of await namedBy(store, personId)) await lookAgain(named, event.id);
    },
  });
};
