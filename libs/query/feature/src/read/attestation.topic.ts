import type { AttestationMade, ContractEvent } from '@registry/contracts';
import type { RecordedEvent } from '@registry/event-store';
import type { TopicDeclaration } from '@registry/messaging';
import type { AttestationTriedData } from './attestation-journal.js';

/** Attestations that found somebody; the others stay in the journal. */
export const attestationTopic: TopicDeclaration = {
  topic: 'query.attestations.v1',
  categories: ['attestations'],
  toContract: (recorded: RecordedEvent): ContractEvent | undefined => {
    const { id, revision, position, recordedAt } = recorded;
    const { personId, organizationId, clientId, attestedAt } =
      recorded.data as unknown as AttestationTriedData;
    if (personId === undefined) return undefined;
    const data: AttestationMade = { personId, organizationId, clientId, attestedAt };
    return { id, type: 'AttestationMade', key: personId, revision, position, recordedAt, data };
  },
};
