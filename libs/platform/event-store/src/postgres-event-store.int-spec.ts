import { Client } from 'pg';
import {
  appendPatiently,
  collect,
  describeEventStoreContract,
  newEvent,
  newEvents,
} from './event-store.contract.js';
import { describeEventStoreModel, inOrderAsked } from './event-store-model.contract.js';
import { AppendOutcomeUnknown, type EventStore, StoreUnavailable } from './event-store.port.js';
import { openPostgresEventStore } from './postgres-event-store.js';
import { StoreUnusable } from './store-errors.js';
import { appendAndKill, buildLibrary, expectNothingLost } from './testing/crash.js';
import {
  type TestDatabase,
  createDatabase,
  describeWithPostgres,
  PostgresProxy,
  runSql,
} from '@registry/testing-postgres';

describeWithPostgres('The event store on PostgreSQL', () => {
  let database: TestDatabase;
  let schemas = 0;
  const schema = (): string => `store_${schemas}`;
  const stores: EventStore[] = [];

  beforeAll(async () => {
    database = await createDatabase();
  });

  afterAll(async () => {
    await database?.drop();
  });

  const openAt = async (connectionString: string): Promise<EventStore> => {
    const store = await openPostgresEventStore({ connectionString, schema: schema(), poolSize: 4 });
    stores.push(store);
    return store;
  };
  const open = (): Promise<EventStore> => openAt(database.connectionString);

  describeEventStoreModel('The PostgreSQL adapter', async () => {
    schemas += 1;
    return { store: inOrderAsked(await open()) };
  });

  describeEventStoreContract('The PostgreSQL adapter', () => ({
    open: () => {
      schemas += 1;
      return open();
    },
    reopen: open,
    interrupt: () => database.disconnectAll(),
    // What it made goes with the database.
  }));

  beforeEach(() => {
    schemas += 1;
  });

  afterEach(async () => {
    for (const store of stores.splice(0)) await store.close();
  });

  it('is prepared once by processes that start together', async () => {
    const [first, ...others] = await Promise.all([open(), open(), open(), open()]);
    await first?.append('privacy-1', 'none', newEvents(2));
    for (const other of others) expect(await other.read('privacy-1')).toHaveLength(2);
  });

  it('shows a subscriber the appends of another process', async () => {
    const [writer, reader] = [await open(), await open()];
    const seen = collect(reader, {}, (events) => events.length >= 40);
    for (let count = 0; count < 20; count += 1) await writer.append(`privacy-${count}`, 'none', newEvents(2));
    expect(new Set((await seen).map(({ id }) => id)).size).toBe(40);
  });

  it('keeps journals whole that two processes append to', async () => {
    const [first, second] = [await open(), await open()];
    const batches = Array.from({ length: 40 }, () => newEvents(2));
    const appendAll = (one: EventStore, other: EventStore) =>
      Promise.all(
        batches.map((events, index) => (index % 2 ? one : other).append('inquiries-1', 'any', events)),
      );
    const results = await appendAll(first, second);
    // The same again, from the other side.
    expect(await appendAll(second, first)).toStrictEqual(results);
    const stored = await first.read('inquiries-1');
    expect(stored.map(({ revision }) => revision)).toStrictEqual(
      Array.from({ length: 80 }, (_, index) => index),
    );
    expect(new Set(stored.map(({ id }) => id)).size).toBe(80);
  });

  it('gives one of two processes each revision', async () => {
    const pair = [await open(), await open()];
    const write = async (store: EventStore | undefined): Promise<number> => {
      let won = 0;
      for (let revision = 0; revision < 30; revision += 1) {
        const expected = revision === 0 ? 'none' : revision - 1;
        await store?.append('privacy-1', expected, newEvents(1)).then(
          () => (won += 1),
          (error: unknown) => expect(error).toMatchObject({ code: 'STORE.REVISION_CONFLICT' }),
        );
      }
      return won;
    };
    const won = await Promise.all(pair.map(write));
    const events = await pair[0]?.read('privacy-1');
    expect(events).toHaveLength((won[0] ?? 0) + (won[1] ?? 0));
    expect(events?.map(({ revision }) => revision)).toStrictEqual(events?.map((_, index) => index));
  });

  /** Another process whose transaction has appended an event, and not ended yet. */
  const appending = async (stream: string, revision: number, type: string): Promise<Client> => {
    const other = new Client({ connectionString: database.connectionString });
    await other.connect();
    await other.query('BEGIN');
    await other.query(
      `INSERT INTO ${schema()}.events (stream, revision, id, type, data, metadata, recorded_at)
       VALUES ($1, $2, 'slow', $3, '{}', '{"schemaVersion":1}', now())`,
      [stream, revision, type],
    );
    return other;
  };

  /** Resolves when somebody waits in this database for what another holds. */
  const untilSomebodyWaits = async (): Promise<void> => {
    const waiting = `SELECT 1 FROM pg_stat_activity WHERE datname = $1 AND wait_event_type = 'Lock'`;
    while ((await runSql(waiting, [database.name])).length === 0);
  };

  it('keeps neither of two processes from appending what may pass over the other', async () => {
    const [quick, slow] = [await open(), await open()];
    await quick.append('privacy-1', 'none', newEvents(1));
    const decided = { after: 0, over: ['Disclosed'] };
    const many = async (store: EventStore) => {
      for (let count = 0; count < 30; count += 1)
        await appendPatiently(store, 'privacy-1', decided, [newEvent('Disclosed')]);
    };
    await Promise.all([many(quick), many(slow)]);
    const events = await slow.read('privacy-1');
    expect(events).toHaveLength(61);
    expect(events.map(({ revision }) => revision)).toStrictEqual(events.map((_, index) => index));
  });

  it.each([
    ['COMMIT', 'RevisionConflict'],
    ['ROLLBACK', 'revision 1'],
  ])(
    'does not pass over what another process is about to append: after its %s, %s',
    async (end, expected) => {
      const store = await open();
      await store.append('privacy-1', 'none', newEvents(1));
      const other = await appending('privacy-1', 1, 'Locked');
      try {
        const appended = store
          .append('privacy-1', { after: 0, over: ['Disclosed'] }, [newEvent('Disclosed')])
          .then(
            ({ revision }) => `revision ${revision}`,
            (error: unknown) => (error instanceof Error ? error.constructor.name : ''),
          );
        // It waits for the place.
        await untilSomebodyWaits();
        await other.query(end);
        expect(await appended).toBe(expected);
      } finally {
        await other.end();
      }
    },
  );

  it('misses nothing that an older transaction commits late', async () => {
    const store = await open();
    const slow = await appending('slow-1', 0, 'Happened');
    try {
      await store.append('quick-1', 'none', newEvents(1));
      // Both stand in the log only when the older one can no longer slip in before the younger.
      expect(await store.readAll()).toMatchObject({ events: [], caughtUp: true });
      const seen = collect(store, {}, (events) => events.length >= 2);
      await slow.query('COMMIT');
      expect((await seen).map(({ stream }) => stream)).toStrictEqual(['slow-1', 'quick-1']);
    } finally {
      await slow.end();
    }
  });

  it('says that the outcome is unknown when the connection is lost during an append', async () => {
    const store = await open();
    await store.append('privacy-1', 'none', newEvents(1));
    const blocker = new Client({ connectionString: database.connectionString });
    await blocker.connect();
    await blocker.query('BEGIN');
    await blocker.query(`LOCK TABLE ${schema()}.events IN EXCLUSIVE MODE`);
    const events = newEvents(2);
    const appended = store.append('privacy-1', 0, events);
    const lost = expect(appended).rejects.toBeInstanceOf(AppendOutcomeUnknown);
    // Only the connection that waits: with the lock released first, the append could still succeed.
    for (let killed = 0; killed === 0;) {
      const rows = await runSql(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1 AND wait_event_type = 'Lock'`,
        [database.name],
      );
      killed = rows.length;
    }
    await lost;
    await blocker.end();
    await appendPatiently(store, 'privacy-1', 0, events);
    expect((await store.read('privacy-1')).map(({ id }) => id).slice(1)).toStrictEqual(
      events.map(({ id }) => id),
    );
  });

  it('is unavailable while the server is away and comes back by itself', async () => {
    const proxy = new PostgresProxy(database.connectionString);
    const through = await proxy.start();
    try {
      const store = await openAt(through);
      await store.append('privacy-1', 'none', newEvents(2));
      const seen = collect(store, {}, (events) => events.length >= 4);
      await collect(store, {}, (events) => events.length >= 2);
      await proxy.stop();
      await expect(store.read('privacy-1')).rejects.toBeInstanceOf(StoreUnavailable);
      await expect(store.heads(['privacy-1'])).rejects.toBeInstanceOf(StoreUnavailable);
      await expect(store.append('privacy-1', 1, newEvents(1))).rejects.toBeInstanceOf(StoreUnavailable);
      await expect(openAt(through)).rejects.toBeInstanceOf(StoreUnavailable);
      await proxy.start();
      await store.append('privacy-1', 1, newEvents(2));
      expect((await seen).map(({ revision }) => revision)).toStrictEqual([0, 1, 2, 3]);
    } finally {
      await proxy.stop();
    }
  });

  it('knows that a server which became a standby wrote nothing, and goes on elsewhere', async () => {
    const store = await open();
    await store.append('privacy-1', 'none', newEvents(1));
    const { name } = database;
    // As after a failover: sessions begun now can only read.
    await runSql(`ALTER DATABASE ${name} SET default_transaction_read_only = on`);
    try {
      await database.disconnectAll();
      await expect(store.append('privacy-1', 0, newEvents(1))).rejects.toBeInstanceOf(StoreUnavailable);
    } finally {
      await runSql(`ALTER DATABASE ${name} RESET default_transaction_read_only`);
    }
    await store.append('privacy-1', 0, newEvents(1));
    expect(await store.read('privacy-1')).toHaveLength(2);
  });

  it('refuses tables of another version and events of another server', async () => {
    const store = await open();
    await store.append('privacy-1', 'none', newEvents(1));
    const { connectionString } = database;
    await runSql(`UPDATE ${schema()}.store_version SET version = 99`, [], connectionString);
    await expect(open()).rejects.toBeInstanceOf(StoreUnusable);
    await runSql(`UPDATE ${schema()}.store_version SET version = 1`, [], connectionString);
    await runSql(`UPDATE ${schema()}.events SET xid = '9000000000000'`, [], connectionString);
    await expect(open()).rejects.toBeInstanceOf(StoreUnusable);
  });

  describe('whose client process is killed', () => {
    beforeAll(buildLibrary, 120_000);

    it('has everything that was acknowledged, in full batches', async () => {
      const { connectionString } = database;
      for (const round of ['first', 'second', 'third']) {
        const acknowledged = await appendAndKill('postgres', connectionString, round, 200);
        const store = await openPostgresEventStore({ connectionString });
        stores.push(store);
        await expectNothingLost(store, acknowledged);
      }
    }, 60_000);
  });
});
