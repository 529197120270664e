import { randomUUID } from 'node:crypto';
import {
  accessStreams,
  type AgreementState,
  type ClientState,
  type OrganizationState,
  type RelationshipState,
} from '@registry/contracts';
import type { EventStore, JsonObject } from '@registry/event-store';

/** Everything about one organization and one person that a disclosure needs. */
export interface AccessStates {
  readonly organization: OrganizationState;
  readonly agreement: AgreementState;
  readonly client: ClientState;
  readonly relationship: RelationshipState;
}

/** In force from the start of 2020 until the end of 2039, when the wall clock of no test has gone that far. */
const TERM = { startsAt: '2020-01-01T00:00:00.000Z', endsAt: '2040-01-01T00:00:00.000Z' } as const;

/** A clinic that may read the person for treatment; change what a test is about. */
export const clinicAccess = (organizationId: string, personId: string): AccessStates => ({
  organization: { organizationId, name: 'A clinic', category: 'provider', status: 'active' },
  agreement: { organizationId, version: '1', signatory: 'A signatory', purposes: ['treatment'], ...TERM },
  client: {
    clientId: `${organizationId}-client`,
    organizationId,
    name: 'A system client',
    roles: ['reader', 'submitter'],
    status: 'active',
    keyHash: '0'.repeat(64),
    processingIds: ['P'],
  },
  relationship: {
    organizationId,
    personId,
    registryId: `${organizationId}-id-of-${personId}`,
    evidence: 'own-submission',
    purposes: ['treatment'],
    ...TERM,
  },
});

/** Appends a stream with one event that carries a full state, as every stream of access does. */
const storeState = async (
  store: EventStore,
  stream: string,
  type: string,
  state: JsonObject,
): Promise<void> => {
  await store.append(stream, 'none', [
    { id: randomUUID(), type, data: { state }, metadata: { schemaVersion: 1 } },
  ]);
};

export const storeOrganization = async (
  store: EventStore,
  { organization, agreement, client }: Omit<AccessStates, 'relationship'>,
): Promise<void> => {
  const { organizationId } = organization;
  await storeState(store, accessStreams.organization(organizationId), 'OrganizationEnrolled', organization);
  await storeState(store, accessStreams.agreement(organizationId), 'AgreementSigned', agreement);
  await storeState(store, accessStreams.client(client.clientId), 'ClientRegistered', client);
};

export const storeRelationship = async (
  store: EventStore,
  relationship: RelationshipState,
): Promise<void> => {
  const { organizationId, personId } = relationship;
  const stream = accessStreams.relationship(organizationId, personId);
  await storeState(store, stream, 'RelationshipStarted', relationship);
};

/** Appends all of it to an empty store. */
export const storeAccess = async (store: EventStore, states: AccessStates): Promise<void> => {
  await storeOrganization(store, states);
  await storeRelationship(store, states.relationship);
};
