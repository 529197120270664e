import { readContractEvent } from '@registry/contracts';
import { projector, type Consumer, type ConsumerTrouble, type Messaging } from '@registry/messaging';
import type { ReadModel } from '@registry/persistence';
import { RegistryIdRow } from '../access/access-rows.js';

/** Keeps which person an organization's own id stands for. A relationship's id never changes, so a row never does. */
export const registryIdProjector = (
  messaging: Messaging,
  readModel: ReadModel,
  onTrouble: (trouble: ConsumerTrouble) => void,
): Consumer =>
  projector(messaging, {
    group: 'directory-registry-ids',
    topics: ['directory.relationships.v1'],
    readModel,
    onTrouble,
    project: (deliveries) => {
      const rows = deliveries.flatMap(({ event }) => {
        // The first event of a relationship says it; the others only say it again.
        if (event.revision > 0) return [];
        const { organizationId, registryId, personId } = readContractEvent(
          'directory.relationships.v1',
          event,
        ).data.state;
        return [{ id: registryIdKey(organizationId, registryId), personId }];
      });
      return Promise.resolve((tx) => tx.insertIfAbsent(RegistryIdRow, rows));
    },
  });

export const registryIdKey = (organizationId: string, registryId: string): string =>
  `${organizationId}|${registryId}`;
