import type { TopicName } from '@registry/contracts';
import type { ReadModel } from '@registry/persistence';
import { Consumer, type ConsumerTrouble } from './consumer.js';
import type { Delivery, Messaging } from './messaging.port.js';

export interface ReactorSpec {
  readonly group: string;
  readonly topics: readonly TopicName[];
  /** Keeps the checkpoint only. */
  readonly readModel: ReadModel;
  /** Appends what follows from one message, at an exact revision, with ids from `derivedEventId`: a repeat appends nothing. */
  readonly react: (delivery: Delivery) => Promise<void>;
  readonly onTrouble?: (trouble: ConsumerTrouble) => void;
}

export interface BatchReactorSpec extends Omit<ReactorSpec, 'react'> {
  readonly reactToAll: (deliveries: readonly Delivery[]) => Promise<void>;
}

/** A reactor appends first and moves its checkpoint after; messages of different keys are worked on side by side. */
export const reactor = (messaging: Messaging, spec: ReactorSpec): Consumer =>
  batchReactor(messaging, {
    ...spec,
    reactToAll: async (deliveries) => {
      const byKey = new Map<string, Delivery[]>();
      for (const delivery of deliveries) {
        const key = `${delivery.topic}|${delivery.event.key}`;
        const queue = byKey.get(key);
        if (queue === undefined) byKey.set(key, [delivery]);
        else queue.push(delivery);
      }
      // Side by side, so that the store can put their appends into one flush; `allSettled`, so that no append is still
      // under way when the batch is tried again.
      const results = await Promise.allSettled(
        [...byKey.values()].map(async (queue) => {
          for (const delivery of queue) await spec.react(delivery);
        }),
      );
      for (const result of results) if (result.status === 'rejected') throw result.reason;
    },
  });

/** A reactor that takes its messages together, in order. */
export const batchReactor = (messaging: Messaging, spec: BatchReactorSpec): Consumer =>
  new Consumer(messaging, {
    ...spec,
    process: async (deliveries, commit) => {
      if (deliveries.length > 0) await spec.reactToAll(deliveries);
      await commit();
    },
  });
