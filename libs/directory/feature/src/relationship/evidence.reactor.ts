import { randomUUID } from 'node:crypto';
import {
  accessStreams,
  evidenceOf,
  readContractEvent,
  type EventOf,
  type RelationshipState,
} from '@registry/contracts';
import {
  countsFor,
  decideRelationship,
  type Evidence,
  type Organization,
  type Relationship,
} from '@registry/directory-domain';
import {
  batchReactor,
  derivedEventId,
  type Consumer,
  type ConsumerTrouble,
  type Delivery,
  type Messaging,
} from '@registry/messaging';
import type { ReadModel } from '@registry/persistence';
import type { AccessRepository, Decided, Work } from '../access/access.repository.js';

const GROUP = 'directory-evidence';

/**
 * A provider's own submission, a matched roster entry and an attestation are evidence that the organization serves the person: they start or
 * renew the relationship (DOMAIN 2.3). A batch costs one call for the heads of its relationships, and its appends go side by side.
 */
export const evidenceReactor = (
  repository: AccessRepository,
  messaging: Messaging,
  readModel: ReadModel,
  onTrouble: (trouble: ConsumerTrouble) => void,
): Consumer => {
  const categories = new Categories(repository);
  return batchReactor(messaging, {
    group: GROUP,
    topics: ['identity.decisions.v1', 'query.attestations.v1'],
    readModel,
    onTrouble,
    reactToAll: async (deliveries) => {
      const pieces = deliveries.flatMap(pieceIn);
      const known = await categories.of(pieces.map(({ organizationId }) => organizationId));
      const byStream = new Map<string, Noted[]>();
      for (const piece of pieces) {
        const { organizationId, personId, evidence } = piece;
        const category = known.get(organizationId);
        // Most of all for births: the office that sends them serves nobody, so no stream need be looked at.
        if (category === undefined || !countsFor(evidence.kind, category)) continue;
        const stream = accessStreams.relationship(organizationId, personId);
        byStream.set(stream, [...(byStream.get(stream) ?? []), { ...piece, category }]);
      }
      await repository.executeEach([...byStream].map(([stream, noted]) => workOf(stream, noted)));
    },
  });
};

interface Piece {
  readonly eventId: string;
  readonly organizationId: string;
  readonly personId: string;
  readonly evidence: Evidence;
}

interface Noted extends Piece {
  readonly category: string;
}

const pieceIn = ({ topic, event: delivered }: Delivery): Piece[] => {
  if (topic === 'query.attestations.v1') {
    const { id, data } = readContractEvent(topic, delivered);
    const { organizationId, personId, attestedAt } = data;
    return [
      { eventId: id, organizationId, personId, evidence: { kind: 'attestation', receivedAt: attestedAt } },
    ];
  }
  const event = readContractEvent('identity.decisions.v1', delivered);
  const evidence = evidenceIn(event);
  if (evidence === undefined) return [];
  const { organizationId, personId } = evidence.data;
  return [{ eventId: event.id, organizationId, personId, evidence: evidence.evidence }];
};

const evidenceIn = (event: EventOf<'identity.decisions.v1'>) => {
  switch (event.type) {
    case 'SubmissionLinked': {
      const { receivedAt } = event.data;
      return { data: event.data, evidence: { kind: 'own-submission', receivedAt } as const };
    }
    case 'RosterEntryMatched': {
      const { receivedAt, from, through } = event.data;
      return { data: event.data, evidence: { kind: 'roster', receivedAt, from, through } as const };
    }
    default:
      return undefined;
  }
};

/** All that a batch says about one relationship, in order, as one append. */
const workOf = (stream: string, noted: readonly Noted[]): Work<RelationshipState> => ({
  stream,
  decide: (stored) => {
    let state = stored && relationshipOf(stored);
    const decided: Decided[] = [];
    for (const { eventId, organizationId, category, personId, evidence } of noted) {
      const events = decideRelationship(
        {
          type: 'NoteEvidence',
          organization: { organizationId, category },
          personId,
          newRegistryId: randomUUID(),
          evidence,
        },
        state,
      );
      for (const [index, event] of events.entries()) {
        state = event.data.state as Relationship;
        const id = derivedEventId(GROUP, eventId, index);
        decided.push({ event, id, metadata: { actor: GROUP, causationId: eventId } });
      }
    }
    return decided;
  },
});

/** The relationship as events of either shape carry it. */
export const relationshipOf = (stored: RelationshipState): Relationship => {
  const { organizationId, personId, registryId, purposes, startsAt, endsAt, ended } = stored;
  return {
    organizationId,
    personId,
    registryId,
    items: evidenceOf(stored),
    purposes,
    startsAt,
    endsAt,
    ...(ended === undefined ? {} : { ended }),
  };
};

/** Categories of organizations. They never change, so each is read once. */
class Categories {
  private readonly known = new Map<string, string>();

  constructor(private readonly repository: AccessRepository) {}

  async of(organizationIds: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const missing = [...new Set(organizationIds)].filter((id) => !this.known.has(id));
    if (missing.length > 0) {
      const states = await this.repository.statesOf<Organization>(missing.map(accessStreams.organization));
      for (const state of states)
        if (state !== undefined) this.known.set(state.organizationId, state.category);
    }
    return this.known;
  }
}
