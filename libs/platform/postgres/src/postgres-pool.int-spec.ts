import {
  createDatabase,
  describeWithPostgres,
  PostgresProxy,
  type TestDatabase,
} from '@registry/testing-postgres';
import { connectSession, PostgresPool, type PostgresPoolOptions } from './index.js';

class Away extends Error {
  readonly code = 'TEST.AWAY';
}

describeWithPostgres('The pool of connections to PostgreSQL', () => {
  let database: TestDatabase;
  let proxy: PostgresProxy;
  let options: PostgresPoolOptions;
  let pool: PostgresPool;

  beforeAll(async () => {
    database = await createDatabase();
  });
  afterAll(async () => {
    await database?.drop();
  });
  beforeEach(async () => {
    proxy = new PostgresProxy(database.connectionString);
    options = {
      connectionString: await proxy.start(),
      poolSize: 3,
      timeout: 10_000,
      applicationName: 'pool-test',
      settings: { search_path: 'somewhere' },
      away: Away,
    };
    pool = new PostgresPool(options);
  });
  afterEach(async () => {
    await pool.close();
    await proxy.stop();
  });

  const one = async () => (await pool.query<{ one: number }>({ text: 'SELECT 1 AS one', name: 'one' })).rows;

  it('gives every session its settings', async () => {
    const { rows } = await pool.query({ text: `SELECT current_setting('search_path') AS path` });
    expect(rows).toStrictEqual([{ path: 'somewhere' }]);
    expect(() => new PostgresPool({ ...options, settings: { search_path: 'a -c b=c' } })).toThrow(TypeError);
  });

  it('says that the server is away while it is, and goes on when it is back', async () => {
    await Promise.all([one(), one(), one()]);
    await proxy.stop();
    await expect(one()).rejects.toBeInstanceOf(Away);
    await expect(pool.transaction('BEGIN', () => Promise.resolve())).rejects.toBeInstanceOf(Away);
    await expect(connectSession(options)).rejects.toBeInstanceOf(Away);
    await proxy.start();
    expect(await one()).toStrictEqual([{ one: 1 }]);
  });

  it('gives a server up that does not answer, once', async () => {
    await pool.close();
    pool = new PostgresPool({ ...options, timeout: 1_000 });
    await one();
    proxy.silent = true;
    const before = performance.now();
    await expect(one()).rejects.toBeInstanceOf(Away);
    expect(performance.now() - before).toBeLessThan(9_000);
    proxy.silent = false;
    expect(await one()).toStrictEqual([{ one: 1 }]);
  });

  it('rolls a transaction back that throws, and keeps the connection', async () => {
    await pool.query({ text: 'CREATE TABLE public.t (id integer PRIMARY KEY)' });
    const insert = (id: number) => ({ text: 'INSERT INTO public.t VALUES ($1)', values: [id] });
    const failed = pool.transaction('BEGIN', async (connection) => {
      await connection.query(insert(1));
      throw new Error('changed my mind');
    });
    await expect(failed).rejects.toThrow('changed my mind');
    // A refusal that the work swallows: the server would only pretend to commit.
    const swallowed = pool.transaction('BEGIN', async (connection) => {
      await connection.query(insert(2));
      await connection.query(insert(2)).catch(() => undefined);
    });
    await expect(swallowed).rejects.toBeInstanceOf(Away);
    await expect(pool.query(insert(1))).resolves.toMatchObject({ rowCount: 1 });
    await expect(pool.query(insert(1))).rejects.toMatchObject({
      code: '23505',
      message: 'PostgreSQL refused a statement (23505) t t_pkey',
    });
    expect((await pool.query({ text: 'SELECT id FROM public.t' })).rows).toStrictEqual([{ id: 1 }]);
  });
});
