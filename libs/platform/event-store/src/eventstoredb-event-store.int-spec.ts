import { randomUUID } from 'node:crypto';
import { describeEventStoreModel, inOrderAsked } from './event-store-model.contract.js';
import { appendPatiently, describeEventStoreContract, newEvent } from './event-store.contract.js';
import { type EventStore } from './event-store.port.js';
import { openEventStoreDb } from './eventstoredb-event-store.js';
import { type Fake, startFake } from './testing/eventstoredb-fake.js';
import { onSharedServer } from './testing/eventstoredb-shared-server.js';

// Client, server and the server's disk share this machine with whatever else is tested.
jest.setTimeout(30_000);

const { EVENTSTORE_URL } = process.env;
const BACK_OFF = { first: 20, last: 200 };

const freshPrefix = (): string => `test${randomUUID().slice(0, 8)}`;

if (EVENTSTORE_URL === undefined || EVENTSTORE_URL === '') {
  describe('The event store on a fake EventStoreDB', () => {
    let fake: Fake | undefined;
    const open = (batchAppends: boolean, now?: () => Date): Promise<EventStore> =>
      openEventStoreDb({
        connectionString: fake?.server.connectionString ?? '',
        backOff: BACK_OFF,
        batchAppends,
        ...(now && { now }),
      });
    const fresh = async (): Promise<void> => {
      await fake?.stop();
      fake = await startFake();
    };

    afterAll(() => fake?.stop());

    describe.each([false, true])('with batched appends: %s', (batchAppends) => {
      describeEventStoreContract('The EventStoreDB adapter', () => ({
        open: async (now) => {
          await fresh();
          return open(batchAppends, now);
        },
        reopen: () => open(batchAppends),
        interrupt: async () => {
          await fake?.server.stop();
          await fake?.server.start();
        },
      }));

      it('passes over what another process appends, and not over what it must not', async () => {
        await fresh();
        const [one, other] = [await open(batchAppends), await open(batchAppends)];
        await one.append('privacy-1', 'none', [newEvent('Opened')]);
        const decided = { after: 0, over: ['Disclosed'] };
        const many = async (store: EventStore): Promise<void> => {
          for (let count = 0; count < 20; count += 1)
            await appendPatiently(store, 'privacy-1', decided, [newEvent('Disclosed')]);
        };
        await Promise.all([many(one), many(other)]);
        expect(await one.read('privacy-1')).toHaveLength(41);
        await other.append('privacy-1', 40, [newEvent('Locked')]);
        await expect(one.append('privacy-1', decided, [newEvent('Disclosed')])).rejects.toMatchObject({
          code: 'STORE.REVISION_CONFLICT',
          actual: 41,
        });
        await Promise.all([one.close(), other.close()]);
      });

      describeEventStoreModel('The EventStoreDB adapter', async () => {
        await fresh();
        return { store: inOrderAsked(await open(batchAppends)) };
      });
    });
  });
} else {
  // A server that others use, too, and that nobody restarts: docs/adr/0016-eventstoredb-adapter.md says what that leaves out.
  describe('The event store on the EventStoreDB at EVENTSTORE_URL', () => {
    const open = async (now?: () => Date): Promise<EventStore> => {
      const store = await openEventStoreDb({
        connectionString: EVENTSTORE_URL,
        backOff: BACK_OFF,
        ...(now && { now }),
      });
      return onSharedServer(store, freshPrefix());
    };

    describeEventStoreContract('The EventStoreDB adapter', () => ({ open }));

    describeEventStoreModel('The EventStoreDB adapter', async () => ({ store: inOrderAsked(await open()) }));
  });
}
