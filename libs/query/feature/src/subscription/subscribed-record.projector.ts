import { randomUUID } from 'node:crypto';
import { readContractEvent, type SubscribedRecordChanged } from '@registry/contracts';
import { projector, type Consumer, type ConsumerTrouble, type Messaging } from '@registry/messaging';
import type { ReadModel } from '@registry/persistence';
import { SubscribedRecordRow, SubscriberFeedRow } from './subscription-rows.js';

/** What each subscriber was last told of each person, in the order in which it was. */
export const subscribedRecordProjector = (
  messaging: Messaging,
  readModel: ReadModel,
  onTrouble: (trouble: ConsumerTrouble) => void,
): Consumer =>
  projector(messaging, {
    group: 'query-subscribed-records',
    topics: ['query.subscriptions.v1'],
    readModel,
    onTrouble,
    project: (deliveries) => {
      const changes = deliveries.flatMap(({ event: delivered }) => {
        const event = readContractEvent('query.subscriptions.v1', delivered);
        return event.type === 'SubscribedRecordChanged' ? [event.data] : [];
      });
      return Promise.resolve(async (tx) => {
        if (changes.length === 0) return;
        const organizationIds = [...new Set(changes.map(({ organizationId }) => organizationId))];
        const feeds = new Map(
          (await tx.find(SubscriberFeedRow, 'organizationId', organizationIds)).map((row) => [
            row.organizationId,
            row,
          ]),
        );
        const records = new Map(
          (await tx.find(SubscribedRecordRow, 'id', [...new Set(changes.map(idOf))])).map((row) => [
            row.id,
            row,
          ]),
        );
        for (const change of changes) {
          const id = idOf(change);
          const { organizationId, registryId, version, state, dueAt = '', acknowledged } = change;
          const known = records.get(id);
          if (known !== undefined && known.version > version) continue;
          const due = acknowledged === true ? '' : dueAt;
          if (known?.version === version) {
            // An acknowledgment; it has no place of its own. The withdrawal again does not undo it.
            if (acknowledged === true) records.set(id, { ...known, dueAt: due });
            continue;
          }
          const feed = feeds.get(organizationId) ?? { organizationId, feedId: randomUUID(), last: 0 };
          const place = feed.last + 1;
          feeds.set(organizationId, { ...feed, last: place });
          records.set(id, { id, organizationId, registryId, version, state, dueAt: due, place });
        }
        await tx.upsert(SubscriberFeedRow, [...feeds.values()]);
        await tx.upsert(SubscribedRecordRow, [...records.values()]);
      });
    },
  });

const idOf = ({ organizationId, registryId }: SubscribedRecordChanged): string =>
  `${organizationId}|${registryId}`;
