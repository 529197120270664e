import type { ReadModel, ReadModelTransaction } from '@registry/persistence';
import type { TopicName } from '@registry/contracts';
import { Consumer, type ConsumerTrouble } from './consumer.js';
import type { Delivery, Messaging } from './messaging.port.js';

export interface ProjectorSpec {
  readonly group: string;
  readonly topics: readonly TopicName[];
  readonly readModel: ReadModel;
  /**
   * Reads what it needs from outside (sealed sources, privacy heads) and returns the writes. The writes run in the
   * transaction that keeps the checkpoint; they must hold for a repeat too: rows carry the revision that they reflect.
   */
  readonly project: (deliveries: readonly Delivery[]) => Promise<(tx: ReadModelTransaction) => Promise<void>>;
  readonly onTrouble?: (trouble: ConsumerTrouble) => void;
}

/** A projector writes rows, the revision each reflects, and its checkpoint in one transaction; it appends nothing. */
export const projector = (messaging: Messaging, spec: ProjectorSpec): Consumer =>
  new Consumer(messaging, {
    ...spec,
    process: async (deliveries, commit) => {
      if (deliveries.length === 0) await commit();
      else await commit(await spec.project(deliveries));
    },
  });
