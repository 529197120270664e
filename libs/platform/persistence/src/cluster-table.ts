import { Table, type QueryRunner, type TableOptions } from 'typeorm';
import { quote } from './table-sql.js';

/**
 * Makes a table of SQLite anew in a migration, with its rows, so that they lie in the primary key's own B-tree (`WITHOUT ROWID`): for narrow
 * tables whose rows come in no order of their keys, as by random ids. An insert or a change touches one page less, and there is one copy of the
 * key less.
 * @param options of the new table; it takes over the columns that are named here
 * @returns false on PostgreSQL, which knows nothing of the kind: the table is as it was
 */
export const clusterTable = async (runner: QueryRunner, options: TableOptions): Promise<boolean> => {
  if (runner.dataSource.options.type === 'postgres') return false;
  const table = quote(options.name);
  const rows = quote(`${options.name}_rows`);
  const names = (options.columns ?? []).map(({ name }) => quote(name)).join(', ');
  // By way of a copy: names of keys and indexes are free again only when the table is gone.
  await runner.query(`CREATE TABLE ${rows} AS SELECT ${names} FROM ${table}`);
  await runner.query(`DROP TABLE ${table}`);
  await runner.createTable(new Table({ ...options, withoutRowid: true }));
  await runner.query(`INSERT INTO ${table} (${names}) SELECT ${names} FROM ${rows}`);
  await runner.query(`DROP TABLE ${rows}`);
  return true;
};
