import { randomUUID } from 'node:crypto';
import { accessStreams, readContractEvent, type RelationshipState } from '@registry/contracts';
import {
  decideRelationship,
  type AccessEvent,
  type Organization,
  type Relationship,
  type RelationshipCommand,
  type RelationshipEndReason,
} from '@registry/directory-domain';
import type { EventStore } from '@registry/event-store';
import {
  derivedEventId,
  reactor,
  type Consumer,
  type ConsumerTrouble,
  type Messaging,
} from '@registry/messaging';
import type { ReadModel } from '@registry/persistence';
import { readPersonHistory } from '@registry/privacy-gate';
import type { AccessRepository } from '../access/access.repository.js';
import { relationshipOf } from './evidence.reactor.js';

const GROUP = 'directory-registry-status';

/** PD1-16, HL7 table 0441. */
const REASONS: Readonly<Record<string, RelationshipEndReason>> = {
  I: 'inactive',
  L: 'lost-to-follow-up',
  M: 'moved',
  P: 'permanently-inactive',
};

/**
 * Ends an organization's relationship with a person when its messages say that it no longer serves them (DOMAIN 2.3), and renews it when they
 * say so no longer.
 *
 * The submission that says it is evidence too, and is handled by another consumer. So its evidence is noted before the end, and that of
 * the first submission after it with the renewal: whichever consumer is first, both end alike.
 */
export const registryStatusReactor = (
  store: EventStore,
  repository: AccessRepository,
  messaging: Messaging,
  readModel: ReadModel,
  onTrouble: (trouble: ConsumerTrouble) => void,
): Consumer =>
  reactor(messaging, {
    group: GROUP,
    topics: ['privacy.signals.v1'],
    readModel,
    onTrouble,
    react: async ({ event: delivered }) => {
      const event = readContractEvent('privacy.signals.v1', delivered);
      const { organizationId, personId, registryStatus, receivedAt } = event.data;
      const organization = await repository.stateOf<Organization>(accessStreams.organization(organizationId));
      const newRegistryId = randomUUID();
      const evidence: RelationshipCommand = {
        type: 'NoteEvidence',
        organization,
        personId,
        newRegistryId,
        evidence: { kind: 'own-submission', receivedAt },
      };
      const reason = Object.hasOwn(REASONS, registryStatus) ? REASONS[registryStatus] : undefined;
      if (reason !== undefined) {
        // Of a merged person the organization serves none of the parts any more.
        const { parts } = await readPersonHistory(store, personId);
        for (const part of parts.filter((each) => each !== personId)) {
          await repository.execute<RelationshipState>(
            accessStreams.relationship(organizationId, part),
            (stored) => {
              const before = stored && relationshipOf(stored);
              return before === undefined || wasEnded(before, receivedAt)
                ? []
                : decideRelationship({ type: 'EndRelationship', at: receivedAt, reason }, before);
            },
            (index) => derivedEventId(GROUP, event.id, part, index),
            { actor: GROUP, causationId: event.id },
          );
        }
      }
      await repository.execute<RelationshipState>(
        accessStreams.relationship(organizationId, personId),
        (stored) => {
          const before = stored && relationshipOf(stored);
          if (reason === undefined) return decideRelationship(evidence, before);
          if (before !== undefined && wasEnded(before, receivedAt)) return [];
          const noted = decideRelationship(evidence, before);
          const state = stateAfter(noted) ?? before;
          // Nobody who could have a relationship.
          if (state === undefined) return [];
          return [
            ...noted,
            ...decideRelationship({ type: 'EndRelationship', at: receivedAt, reason }, state),
          ];
        },
        (index) => derivedEventId(GROUP, event.id, index),
        { actor: GROUP, causationId: event.id },
      );
    },
  });

/** By this already, or by a later word: what came after may have renewed it since. */
const wasEnded = ({ ended }: Relationship, at: string): boolean =>
  ended !== undefined && Date.parse(ended.at) >= Date.parse(at);

const stateAfter = (events: readonly AccessEvent[]) => {
  const last = events.at(-1);
  return last === undefined ? undefined : relationshipOf(last.data.state as RelationshipState);
};
