import { randomUUID } from 'node:crypto';
import { createMemoryEventStore } from '@registry/event-store';
import { EmbeddedMessaging } from './embedded-messaging.js';
import type { Consumption } from './messaging.port.js';
import { describeMessagingContract } from './messaging.contract.js';

describeMessagingContract('Embedded messaging', () => {
  const store = createMemoryEventStore();
  return Promise.resolve({ messaging: new EmbeddedMessaging(store), store, close: () => store.close() });
});

describe('Embedded messaging', () => {
  it('moves the checkpoint past what the map leaves out', async () => {
    const store = createMemoryEventStore();
    const messaging = new EmbeddedMessaging(store);
    messaging.declare({ topic: 'privacy.settings.v1', categories: ['privacy'], toContract: () => undefined });
    let consumption: Consumption | undefined;
    const moved = new Promise<string>((resolve) => {
      consumption = messaging.consume({
        group: 'test',
        topics: ['privacy.settings.v1'],
        checkpointOf: () => Promise.resolve(undefined),
        handle: (batch) => {
          expect(batch.deliveries).toStrictEqual([]);
          resolve(batch.checkpoint);
          return Promise.resolve();
        },
      });
    });
    const { position } = await store.append('privacy-1', 'none', [
      { id: randomUUID(), type: 'Private', data: {}, metadata: { schemaVersion: 1 } },
    ]);
    expect(await moved).toBe(position);
    await consumption?.stop();
    await store.close();
  });

  it('says how late a consumer is while it handles what more is known to follow', async () => {
    const anHour = 3_600_000;
    const store = createMemoryEventStore({ now: () => new Date(Date.now() - anHour) });
    const messaging = new EmbeddedMessaging(store, { size: 2, pace: () => 0 });
    messaging.declare({ topic: 'privacy.settings.v1', categories: ['privacy'], toContract: () => undefined });
    await store.append(
      'privacy-1',
      'none',
      Array.from({ length: 3 }, () => ({
        id: randomUUID(),
        type: 'Private',
        data: {},
        metadata: { schemaVersion: 1 },
      })),
    );
    const lateness: (number | undefined)[] = [];
    const consumption: Consumption = messaging.consume({
      group: 'test',
      topics: ['privacy.settings.v1'],
      checkpointOf: () => Promise.resolve(undefined),
      handle: () => {
        lateness.push(consumption.lateness?.());
        return Promise.resolve();
      },
    });
    expect(consumption.lateness?.()).toBe(0);
    while (!consumption.isCaughtUp()) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(lateness).toStrictEqual([expect.closeTo(anHour, -4), 0]);
    expect(consumption.lateness?.()).toBe(0);
    await consumption.stop();
    await store.close();
  });
});
