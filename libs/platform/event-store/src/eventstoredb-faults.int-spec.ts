import { status } from '@grpc/grpc-js';
import { appendPatiently, collect, newEvent, newEvents } from './event-store.contract.js';
import { AppendOutcomeUnknown, type EventStore, StoreUnavailable } from './event-store.port.js';
import { type EventStoreDbOptions, openEventStoreDb } from './eventstoredb-event-store.js';
import { StoreUnusable } from './store-errors.js';
import { type Fake, startFake } from './testing/eventstoredb-fake.js';

// Client, server and the server's disk share this machine with whatever else is tested.
jest.setTimeout(30_000);

describe('The event store on an EventStoreDB that fails', () => {
  let fake: Fake;
  const stores: EventStore[] = [];

  const open = async (options: Partial<EventStoreDbOptions> = {}): Promise<EventStore> => {
    const store = await openEventStoreDb({
      connectionString: fake.server.connectionString,
      backOff: { first: 20, last: 200 },
      ...options,
    });
    stores.push(store);
    return store;
  };

  beforeEach(async () => {
    fake = await startFake();
  });

  afterEach(async () => {
    for (const store of stores.splice(0)) await store.close();
    await fake.stop();
  });

  describe.each([false, true])('with batched appends: %s', (batchAppends) => {
    it.each(['privacy', 'inquiries'] as const)(
      'does not know what became of an append to %s during which the connection broke, and repeats it once',
      async (category) => {
        const expected = category === 'privacy' ? 'none' : 'any';
        const store = await open({ batchAppends });
        for (const commit of [true, false]) {
          const stream = `${category}-${commit}`;
          const events = newEvents(2);
          fake.server.failNext('append', { kind: 'disconnect', commit });
          await expect(store.append(stream, expected, events)).rejects.toBeInstanceOf(AppendOutcomeUnknown);
          expect(await store.read(stream)).toHaveLength(commit ? 2 : 0);
          const repeated = await store.append(stream, expected, events);
          expect(repeated.revision).toBe(1);
          await store.append(stream, 1, newEvents(1));
          expect(await store.append(stream, expected, events)).toStrictEqual(repeated);
          expect(await store.read(stream)).toHaveLength(3);
        }
      },
    );

    it('does not wait for ever for an answer', async () => {
      const store = await open({ batchAppends, appendDeadline: 2_000 });
      for (const commit of [true, false]) {
        const stream = `privacy-${commit}`;
        const events = newEvents(2);
        fake.server.failNext('append', { kind: 'silence', commit });
        await expect(store.append(stream, 'none', events)).rejects.toBeInstanceOf(AppendOutcomeUnknown);
        expect((await store.append(stream, 'none', events)).revision).toBe(1);
        expect(await store.read(stream)).toHaveLength(2);
      }
    });

    it('appends nothing while the server is away, and goes on when it is back', async () => {
      const store = await open({ batchAppends });
      await store.append('privacy-1', 'none', newEvents(1));
      await fake.server.stop();
      // The first call after the loss may find the broken connection.
      const late = newEvents(1);
      await store.append('privacy-1', 0, late).catch(() => undefined);
      await expect(store.append('privacy-1', 0, late)).rejects.toBeInstanceOf(StoreUnavailable);
      await expect(store.append('privacy-2', 'none', newEvents(1))).rejects.toBeInstanceOf(StoreUnavailable);
      await expect(store.append('inquiries-1', 'any', newEvents(1))).rejects.toBeInstanceOf(StoreUnavailable);
      await expect(store.read('privacy-1')).rejects.toBeInstanceOf(StoreUnavailable);
      await expect(store.heads(['privacy-1'])).rejects.toBeInstanceOf(StoreUnavailable);
      await expect(store.readAll()).rejects.toBeInstanceOf(StoreUnavailable);
      await fake.server.start();
      await appendPatiently(store, 'privacy-1', 0, late);
      expect(await store.read('privacy-1')).toHaveLength(2);
      expect(await store.heads(['privacy-2', 'inquiries-1'])).toStrictEqual([undefined, undefined]);
    });

    it('refuses what is larger than the server takes', async () => {
      const store = await open({ batchAppends });
      const large = newEvent('Happened', { text: 'x'.repeat(2 * 1024 * 1024) });
      await expect(store.append('privacy-1', 'none', [large])).rejects.toBeInstanceOf(RangeError);
      expect((await store.append('privacy-1', 'none', newEvents(1))).revision).toBe(0);
    });
  });

  it.each([
    [status.UNAVAILABLE, 'Server Is Not Ready', StoreUnavailable],
    [status.PERMISSION_DENIED, undefined, StoreUnavailable],
    [status.UNAVAILABLE, 'Connection dropped', AppendOutcomeUnknown],
    [status.INTERNAL, undefined, AppendOutcomeUnknown],
    [status.ABORTED, 'Commit timeout', AppendOutcomeUnknown],
    [status.DEADLINE_EXCEEDED, undefined, AppendOutcomeUnknown],
    [status.CANCELLED, undefined, AppendOutcomeUnknown],
  ])('says of an append answered by code %s (%s) what is known of it', async (code, details, kind) => {
    const store = await open();
    fake.server.failNext('append', { kind: 'error', code, ...(details && { details }) });
    const events = newEvents(1);
    await expect(store.append('privacy-1', 'none', events)).rejects.toBeInstanceOf(kind);
    expect((await store.append('privacy-1', 'none', events)).revision).toBe(0);
  });

  it('does not call an append undone that it cannot read back', async () => {
    const store = await open();
    const events = newEvents(1);
    fake.server.failNext('read', { kind: 'error', code: status.INTERNAL }, 4);
    await expect(store.append('privacy-1', 'none', events)).rejects.toBeInstanceOf(AppendOutcomeUnknown);
    expect((await store.append('privacy-1', 'none', events)).revision).toBe(0);
    expect(await store.read('privacy-1')).toHaveLength(1);
  });

  it('repeats a read whose connection broke', async () => {
    const store = await open();
    await store.append('privacy-1', 'none', newEvents(3));
    fake.server.failNext('read', { kind: 'disconnect' });
    expect(await store.read('privacy-1')).toHaveLength(3);
    fake.server.failNext('read', { kind: 'disconnect' });
    expect((await store.heads(['privacy-1']))[0]?.revision).toBe(2);
    fake.server.failNext('read', { kind: 'disconnect' });
    expect((await store.readAll()).events).toHaveLength(3);
  });

  it.each([
    ['slow', { kind: 'slow', milliseconds: 50 }],
    ['silent', { kind: 'silence' }],
  ] as const)('gives up a read of a server that is %s', async (_, fault) => {
    const store = await open({ readDeadline: 1_000 });
    await store.append('privacy-1', 'none', newEvents(3));
    for (const read of [
      () => store.read('privacy-1'),
      () => store.readAll(),
      () => store.heads(['privacy-1', 'a-2']),
    ]) {
      fake.server.failNext('read', fault.kind === 'slow' ? { ...fault, milliseconds: 1_250 } : fault);
      await expect(read()).rejects.toBeInstanceOf(StoreUnavailable);
      fake.server.heal();
    }
    expect(await store.read('privacy-1')).toHaveLength(3);
  });

  it('replaces a client whose calls keep failing', async () => {
    const store = await open({ batchAppends: true });
    await fake.server.stop();
    for (let count = 0; count < 8; count += 1) {
      await expect(store.read('privacy-1')).rejects.toBeInstanceOf(StoreUnavailable);
    }
    await fake.server.start();
    await appendPatiently(store, 'privacy-1', 'none', newEvents(1));
    expect(await store.read('privacy-1')).toHaveLength(1);
  }, 30_000);

  it('is not opened without a server', async () => {
    await fake.server.stop();
    await expect(open()).rejects.toBeInstanceOf(StoreUnavailable);
  });

  it('loses nothing to a subscriber when the server drops it, restarts, or breaks its connections', async () => {
    const [store, writer] = [await open(), await open()];
    const total = 300;
    const seen = collect(store, { limit: 7 }, (events) => events.length >= total);
    const filtered = collect(store, { categories: ['odd'] }, (events) => events.length >= total / 2);
    for (let number = 0; number < total / 2; number += 1) {
      for (const category of ['even', 'odd']) {
        await appendPatiently(writer, `${category}-1`, number === 0 ? 'none' : number - 1, newEvents(1));
      }
      if (number % 30 === 10) fake.server.dropSubscriptions();
      if (number % 30 === 20) fake.server.breakConnections();
      if (number === 75) {
        await fake.server.stop();
        await fake.server.start();
      }
      if (number === 100) fake.server.failNext('subscribe', { kind: 'error', code: status.INTERNAL }, 2);
    }
    const log = (await writer.readAll({ limit: total })).events;
    expect(await seen).toStrictEqual(log);
    expect(await filtered).toStrictEqual(log.filter(({ stream }) => stream === 'odd-1'));
  }, 60_000);

  it('ends subscriptions on the server when their readers end', async () => {
    const store = await open();
    await store.append('privacy-1', 'none', newEvents(5));
    await collect(store, { limit: 1 }, (events) => events.length >= 3);
    while (fake.server.subscribers > 0) await store.readAll();
    expect(fake.server.subscribers).toBe(0);
  });

  it('keeps journals whole that two processes append to', async () => {
    const [first, second] = [await open(), await open()];
    const batches = Array.from({ length: 40 }, () => newEvents(2));
    const appendAll = (one: EventStore, other: EventStore) =>
      Promise.all(
        batches.map((events, index) => (index % 2 ? one : other).append('inquiries-1', 'any', events)),
      );
    const results = await appendAll(first, second);
    expect(await appendAll(second, first)).toStrictEqual(results);
    const stored = await first.read('inquiries-1');
    expect(new Set(stored.map(({ id }) => id)).size).toBe(80);
    expect(stored).toHaveLength(80);
  });

  it('tells where a journal is that another process appended to', async () => {
    const [first, second] = [await open(), await open()];
    const [a, b, c] = [newEvent(), newEvent(), newEvent()];
    await first.append('inquiries-1', 'any', [a]);
    await second.append('inquiries-1', 'any', [b]);
    await expect(first.append('inquiries-1', 'any', [a, c])).rejects.toMatchObject({
      code: 'STORE.REVISION_CONFLICT',
      actual: 1,
    });
  });

  it('keeps recordedAt from decreasing over processes whose clocks differ', async () => {
    const early = await open({ now: () => new Date('2026-03-01T12:00:00.000Z') });
    const late = await open({ now: () => new Date('2026-03-01T12:00:09.000Z') });
    await late.append('privacy-1', 'none', newEvents(1));
    await early.append('privacy-1', 0, newEvents(1));
    await late.append('inquiries-1', 'any', newEvents(1));
    await early.append('inquiries-1', 'any', newEvents(1));
    for (const stream of ['privacy-1', 'inquiries-1']) {
      const times = (await early.read(stream)).map(({ recordedAt }) => recordedAt);
      expect(times).toStrictEqual(['2026-03-01T12:00:09.000Z', '2026-03-01T12:00:09.000Z']);
    }
  });

  it('refuses to read what the registry did not write', async () => {
    const store = await open();
    const foreign = { ...newEvent(), metadata: { schemaVersion: undefined as unknown as number } };
    await fake.backing.append('privacy-1', 'none', [foreign]);
    await expect(store.read('privacy-1')).rejects.toBeInstanceOf(StoreUnusable);
    await expect(store.readAll()).rejects.toBeInstanceOf(StoreUnusable);
  });
});
