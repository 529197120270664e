import { Table, type QueryRunner, type TableOptions } from 'typeorm';
import { quote } from './table-sql.js';

/**
 * Makes a table anew by another definition, with its rows, in a migration: SQLite changes neither a primary key nor how a table keeps its rows.
 *
 * `withoutRowid` is for narrow tables whose rows come in no order of their keys, as by random ids: the rows lie in the primary key's own
 * B-tree, so that an insert or a change touches one page less, and there is one copy of the key less. PostgreSQL does not know it.
 * @param options.columns those that the new table takes over, and no others
 */
export const remakeTable = async (runner: QueryRunner, options: TableOptions): Promise<void> => {
  const table = quote(options.name);
  const rows = quote(`${options.name}_rows`);
  const names = (options.columns ?? []).map(({ name }) => quote(name)).join(', ');
  // By way of a copy: names of keys and indexes are free again only when the table is gone.
  await runner.query(`CREATE TABLE ${rows} AS SELECT ${names} FROM ${table}`);
  await runner.query(`DROP TABLE ${table}`);
  await runner.createTable(new Table(options));
  await runner.query(`INSERT INTO ${table} (${names}) SELECT ${names} FROM ${rows}`);
  await runner.query(`DROP TABLE ${rows}`);
};
