import { randomUUID } from 'node:crypto';
import { accessStreams, readContractEvent } from '@registry/contracts';
import { decideRelationship, type Organization, type Relationship } from '@registry/directory-domain';
import {
  derivedEventId,
  reactor,
  type Consumer,
  type ConsumerTrouble,
  type Messaging,
} from '@registry/messaging';
import type { ReadModel } from '@registry/persistence';
import type { AccessRepository } from '../access/access.repository.js';

const GROUP = 'directory-own-submission';

/** A provider's own submission is evidence that it serves the person: it starts or renews the relationship (DOMAIN 2.3). */
export const ownSubmissionReactor = (
  repository: AccessRepository,
  messaging: Messaging,
  readModel: ReadModel,
  onTrouble: (trouble: ConsumerTrouble) => void,
): Consumer =>
  reactor(messaging, {
    group: GROUP,
    topics: ['identity.decisions.v1'],
    readModel,
    onTrouble,
    react: async ({ event: delivered }) => {
      const event = readContractEvent('identity.decisions.v1', delivered);
      if (event.type !== 'SubmissionLinked') return;
      const { organizationId, personId, receivedAt } = event.data;
      const organization = await repository.stateOf<Organization>(accessStreams.organization(organizationId));
      await repository.execute<Relationship>(
        accessStreams.relationship(organizationId, personId),
        (state) =>
          decideRelationship(
            { type: 'NoteOwnSubmission', organization, personId, newRegistryId: randomUUID(), receivedAt },
            state,
          ),
        (index) => derivedEventId(GROUP, event.id, index),
        { actor: GROUP, causationId: event.id },
      );
    },
  });
