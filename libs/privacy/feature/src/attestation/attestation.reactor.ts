import { readContractEvent } from '@registry/contracts';
import type { EventStore } from '@registry/event-store';
import { reactor, type Consumer, type ConsumerTrouble, type Messaging } from '@registry/messaging';
import type { ReadModel } from '@registry/persistence';
import { oweNotice } from '../notice/person-notice.js';

export interface AttestationParts {
  readonly store: EventStore;
  readonly messaging: Messaging;
  readonly readModel: ReadModel;
  readonly onTrouble: (trouble: ConsumerTrouble) => void;
}

/** An attested read is shown to the person: nothing but the provider's word stands behind it (DOMAIN 2.3). */
export const attestationReactor = ({ store, ...parts }: AttestationParts): Consumer =>
  reactor(parts.messaging, {
    group: 'privacy-attestations',
    topics: ['query.attestations.v1'],
    readModel: parts.readModel,
    onTrouble: parts.onTrouble,
    react: async ({ event: delivered }) => {
      const event = readContractEvent('query.attestations.v1', delivered);
      const { personId, organizationId } = event.data;
      await oweNotice(store, personId, { code: 'access-attested', about: organizationId }, event.id);
    },
  });
