import { readContractEvent, type AgreementState } from '@registry/contracts';
import { projector, type Consumer, type ConsumerTrouble, type Messaging } from '@registry/messaging';
import type { ReadModel } from '@registry/persistence';
import { AgreementRow, ClientRow, OrganizationRow, SiteRow, UserRow } from './access-rows.js';

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
      const sites: SiteRow[] = [];
      const agreements: AgreementRow[] = [];
      const clients: ClientRow[] = [];
      const users: UserRow[] = [];
      for (const { event: delivered } of deliveries) {
        const event = readContractEvent('directory.access.v1', delivered);
        const { revision } = event;
        switch (event.type) {
          case 'OrganizationChanged': {
            const { organizationId, name, category, status, parentId = '' } = event.data.state;
            organizations.push({ organizationId, name, category, status, parentId, revision });
            break;
          }
          case 'SiteChanged': {
            const { facilityNames, ...site } = event.data.state;
            sites.push({ ...site, facilityNames: JSON.stringify(facilityNames), revision });
            break;
          }
          case 'AgreementChanged':
            agreements.push({ ...agreementColumns(event.data.state), revision });
            break;
          case 'ClientChanged': {
            const { clientId, organizationId, keyHash, earlierKey } = event.data.state;
            clients.push({
              clientId,
              organizationId,
              keyHash,
              earlierKeyHash: earlierKey?.keyHash ?? '',
              revision,
            });
            break;
          }
          case 'UserChanged': {
            const { userId, organizationId } = event.data.state;
            users.push({ userId, organizationId, revision });
            break;
          }
        }
      }
      return Promise.resolve(async (tx) => {
        await tx.upsert(OrganizationRow, organizations);
        await tx.upsert(SiteRow, sites);
        await tx.upsert(AgreementRow, agreements);
        await tx.upsert(ClientRow, clients);
        await tx.upsert(UserRow, users);
      });
    },
  });

const agreementColumns = ({
  organizationId,
  version,
  signatory,
  endsAt,
  next,
}: AgreementState): Omit<AgreementRow, 'revision'> => {
  const row = {
    organizationId,
    version,
    signatory,
    coveredUntil: comparable(endsAt),
    resumesAt: '',
    resumesUntil: '',
  };
  if (next === undefined) return row;
  const [from, until] = [comparable(next.startsAt), comparable(next.endsAt)];
  return from <= row.coveredUntil
    ? { ...row, coveredUntil: until }
    : { ...row, resumesAt: from, resumesUntil: until };
};

/** As text, `…:00Z` would come after `…:00.999Z`. */
const comparable = (instant: string): string => new Date(instant).toISOString();
