import { readContractEvent } from '@registry/contracts';
import { projector, type Consumer, type ConsumerTrouble, type Messaging } from '@registry/messaging';
import type { ReadModel } from '@registry/persistence';
import { AgreementRow, ClientRow, OrganizationRow } from './access-rows.js';

/**
 * Keeps the directory's tables. Each event carries the full state of its stream, and a key's events come in order, so the last one wins;
 * a repeat writes an older state only until its successors, which follow it, are repeated too.
 */
export const accessProjector = (
  messaging: Messaging,
  readModel: ReadModel,
  onTrouble: (trouble: ConsumerTrouble) => void,
): Consumer =>
  projector(messaging, {
    group: 'directory-access',
    topics: ['directory.access.v1'],
    readModel,
    onTrouble,
    project: (deliveries) => {
      const organizations: OrganizationRow[] = [];
      const agreements: AgreementRow[] = [];
      const clients: ClientRow[] = [];
      for (const { event: delivered } of deliveries) {
        const event = readContractEvent('directory.access.v1', delivered);
        const { revision } = event;
        if (event.type === 'OrganizationChanged') organizations.push({ ...event.data.state, revision });
        if (event.type === 'AgreementChanged') {
          const { state } = event.data;
          agreements.push({ ...state, purposes: JSON.stringify(state.purposes), revision });
        }
        if (event.type === 'ClientChanged') {
          const { clientId, organizationId, name, roles, status, keyHash } = event.data.state;
          clients.push({
            clientId,
            organizationId,
            name,
            roles: JSON.stringify(roles),
            status,
            keyHash,
            revision,
          });
        }
      }
      return Promise.resolve(async (tx) => {
        await tx.upsert(OrganizationRow, organizations);
        await tx.upsert(AgreementRow, agreements);
        await tx.upsert(ClientRow, clients);
      });
    },
  });
