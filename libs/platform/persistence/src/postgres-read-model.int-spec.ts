import { inspect } from 'node:util';
import { Client } from 'pg';
import { createDatabase, describeWithPostgres, runSql, type TestDatabase } from '@registry/testing-postgres';
import { openPostgresReadModel, type PostgresReadModelOptions, type ReadModel } from './index.js';
import {
  allIds,
  More1700000000001,
  person,
  readModelContract,
  scrubPatiently,
  tablesWith,
} from './read-model.contract.js';

const tables = tablesWith('bytea');
const { PersonRow, entities, migrations } = tables;

describeWithPostgres('The read model on PostgreSQL', () => {
  let database: TestDatabase;
  let contexts = 0;
  const context = (): string => `context_${contexts}`;
  const opened: ReadModel[] = [];

  const fresh = (): Promise<void> => {
    contexts += 1;
    return Promise.resolve();
  };

  const open = async (changes: Partial<PostgresReadModelOptions> = {}): Promise<ReadModel> => {
    const model = await openPostgresReadModel({
      connectionString: database.connectionString,
      context: context(),
      entities,
      migrations,
      ...changes,
    });
    opened.push(model);
    return model;
  };

  beforeAll(async () => {
    database = await createDatabase();
  });

  afterEach(async () => {
    for (const model of opened.splice(0)) await model.close();
  });

  afterAll(async () => {
    await database?.drop();
  });

  readModelContract('PostgreSQL', tables, fresh, open);

  beforeEach(fresh);

  const sql = (text: string, values: unknown[] = []) =>
    runSql(text, values, database.connectionString) as Promise<Record<string, unknown>[]>;

  it('is prepared once by processes that start together', async () => {
    const models = await Promise.all([open(), open(), open()]);
    await models[0]?.write((tx) => tx.upsert(PersonRow, [person('a')]));
    for (const model of models) expect(await allIds(model)).toStrictEqual(['a']);
  });

  it('keeps the transactions of two processes apart', async () => {
    const [one, other] = [await open(), await open()];
    await one.write((tx) => tx.upsert(PersonRow, [person('a', { revision: 0 })]));
    const count = (model: ReadModel) =>
      model.write(async (tx) => {
        const [row] = await tx.find(PersonRow, 'personId', ['a']);
        await new Promise((resolve) => setImmediate(resolve));
        await tx.upsert(PersonRow, [person('a', { revision: (row?.revision ?? 0) + 1 })]);
      });
    await Promise.all(Array.from({ length: 20 }, (_, i) => count(i % 2 ? one : other)));
    expect(await one.select('SELECT revision FROM person_rows')).toStrictEqual([{ revision: 20 }]);
  });

  it('heals when its connections are cut, and says that it was away', async () => {
    const model = await open();
    await model.write((tx) => tx.upsert(PersonRow, [person('a')]));
    await Promise.all([allIds(model), allIds(model), model.queries.getRepository(PersonRow).count()]);

    await database.disconnectAll();
    // Nothing had begun yet: done on new connections.
    expect(await allIds(model)).toStrictEqual(['a']);
    await model.write((tx) => tx.upsert(PersonRow, [person('b')]));
    expect(await model.queries.getRepository(PersonRow).count()).toBe(2);

    const half = model.write(async (tx) => {
      await tx.upsert(PersonRow, [person('c')]);
      await database.disconnectAll();
      await tx.upsert(PersonRow, [person('d')]);
    });
    await expect(half).rejects.toMatchObject({ code: 'READ_MODEL.UNAVAILABLE' });
    expect(await allIds(model)).toStrictEqual(['a', 'b']);
    await model.write((tx) => tx.upsert(PersonRow, [person('c')]));
    expect(await allIds(model)).toStrictEqual(['a', 'b', 'c']);
  });

  it('is unavailable where no server answers', async () => {
    const connectionString = 'postgres://postgres@127.0.0.1:1/none';
    await expect(open({ connectionString })).rejects.toMatchObject({ code: 'READ_MODEL.UNAVAILABLE' });
    await expect(open({ connectionString, readOnly: true, waitFor: 100 })).rejects.toMatchObject({
      code: 'READ_MODEL.UNAVAILABLE',
    });
  });

  it('names no value in what it says of a refusal', async () => {
    const model = await open();
    const secret = 'Kowalczyk';
    const refusals = [
      model.write((tx) => tx.upsert(PersonRow, [person(secret, { familyName: null as unknown as string })])),
      model.write((tx) => tx.upsert(PersonRow, [person('a', { revision: secret as unknown as number })])),
      model.select('SELECT 1 FROM person_rows WHERE revision = ?', [secret]),
    ];
    for (const [i, outcome] of (await Promise.allSettled(refusals)).entries()) {
      expect(outcome).toMatchObject({
        status: 'rejected',
        reason: { code: ['23502', '22P02', '22P02'][i] },
      });
      const reason: unknown = outcome.status === 'rejected' ? outcome.reason : undefined;
      expect(inspect(reason, { depth: 9, showHidden: true })).not.toContain(secret);
    }
    // The code is no sign of a server that is away: the message, not the store, is at fault.
    expect(await allIds(model)).toStrictEqual([]);
  });

  it('is unavailable, and puts nothing aside, where a later version has changed the tables', async () => {
    const model = await open();
    await sql(`ALTER TABLE read_${context()}.person_rows DROP COLUMN family_name`);
    await expect(model.write((tx) => tx.upsert(PersonRow, [person('a')]))).rejects.toMatchObject({
      code: 'READ_MODEL.UNAVAILABLE',
    });
    await expect(model.write((tx) => tx.find(PersonRow, 'personId', ['a']))).rejects.toMatchObject({
      code: 'READ_MODEL.UNAVAILABLE',
    });
  });

  it('refuses an integer that a number would change', async () => {
    const model = await open();
    await expect(model.select('SELECT 9007199254740993 AS n')).rejects.toBeInstanceOf(RangeError);
    expect(await model.select('SELECT 9007199254740991 AS n')).toStrictEqual([{ n: 9007199254740991 }]);
  });

  it('refuses a server that forgets its last commits', async () => {
    await sql(`ALTER DATABASE ${database.name} SET synchronous_commit = off`);
    await expect(open()).rejects.toMatchObject({ code: 'READ_MODEL.UNUSABLE' });
    await sql(`ALTER DATABASE ${database.name} RESET synchronous_commit`);
    await expect(open()).resolves.toBeDefined();
  });

  it('goes on with its statements when another process migrates', async () => {
    const model = await open();
    const all = 'SELECT * FROM person_rows';
    await model.write((tx) => tx.upsert(PersonRow, [person('a')]));
    expect(await model.select(all)).toHaveLength(1);
    await sql(`ALTER TABLE read_${context()}.person_rows ADD COLUMN more text`);
    expect(await model.select(all)).toMatchObject([{ person_id: 'a', more: null }]);
  });

  it('compares texts by bytes in tables of a later migration, too', async () => {
    await open();
    await open({ migrations: [...migrations, More1700000000001] });
    const collations = await sql(
      `SELECT DISTINCT collation_name FROM information_schema.columns
        WHERE table_schema = $1 AND data_type = 'text'`,
      [`read_${context()}`],
    );
    expect(collations).toStrictEqual([{ collation_name: 'C' }]);
  });

  it('is refused with a context that is no word', async () => {
    await expect(open({ context: 'a; DROP' })).rejects.toBeInstanceOf(TypeError);
  });

  describe('scrub', () => {
    const bytesOf = async (text: string): Promise<boolean> => {
      await sql('CHECKPOINT');
      const [row] = await sql(
        `SELECT position($2::bytea IN pg_read_binary_file(pg_relation_filepath($1))) > 0 AS found`,
        [`read_${context()}.person_rows`, Buffer.from(text)],
      );
      return row?.['found'] === true;
    };

    it('with a rewrite leaves nothing of a deleted row in the files of the tables', async () => {
      const model = await open();
      await model.write((tx) =>
        tx.upsert(PersonRow, [
          person('a', { familyName: 'Kowalczyk-Deleted' }),
          person('b', { familyName: 'Nguyen-Kept' }),
        ]),
      );
      await model.write((tx) => tx.remove(PersonRow, 'personId', ['a']));
      expect(await bytesOf('Kowalczyk-Deleted')).toBe(true);
      await scrubPatiently(model, { rewrite: true });
      expect(await bytesOf('Kowalczyk-Deleted')).toBe(false);
      expect(await bytesOf('Nguyen-Kept')).toBe(true);
      expect(await allIds(model)).toStrictEqual(['b']);
    });

    it('says when a transaction of another database keeps a rewrite from removing rows', async () => {
      const model = await open();
      const other = await createDatabase();
      const client = new Client({ connectionString: other.connectionString });
      try {
        await client.connect();
        await client.query('BEGIN');
        await client.query('CREATE TABLE unsettled ()');
        await model.write((tx) => tx.upsert(PersonRow, [person('a', { familyName: 'Kowalczyk-Deleted' })]));
        await model.write((tx) => tx.remove(PersonRow, 'personId', ['a']));
        expect(await model.scrub({ rewrite: true })).toBe(false);
      } finally {
        await client.end();
        await other.drop();
      }
      await scrubPatiently(model, { rewrite: true });
      expect(await bytesOf('Kowalczyk-Deleted')).toBe(false);
    });

    it('says when a reader is in the way, and waits for it no longer than a moment', async () => {
      const model = await open();
      await model.write((tx) => tx.upsert(PersonRow, [person('a')]));
      const reader = model.queries.createQueryRunner();
      await reader.startTransaction('REPEATABLE READ');
      await reader.query('SELECT * FROM person_rows');
      await model.write((tx) => tx.remove(PersonRow, 'personId', ['a']));
      expect(await model.scrub()).toBe(false);
      await reader.commitTransaction();
      await reader.release();
      await scrubPatiently(model);
    });
  });
});
