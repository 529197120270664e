import type { DataSource } from 'typeorm';
import type { EntityClass } from './read-model.js';
import { quote, tableShape } from './table-sql.js';

/** Statements of one table on PostgreSQL: columns travel as arrays, so that each has one text for any number of rows. */
export interface PostgresTable {
  readonly name: string;
  readonly table: string;
  readonly properties: readonly string[];
  readonly key: readonly string[];
  /** Rows whose column is in the array `$1`. */
  select(property: string): string;
  remove(property: string): string;
  /** `$1`, `$2` … hold the values of the properties. @param updated properties that a row already there takes over */
  insert(updated: readonly string[]): string;
}

/** @throws Error as `tableShape` does, or asked for a property without a column */
export function postgresTable(source: DataSource, entity: EntityClass<object>): PostgresTable {
  const metadata = source.getMetadata(entity);
  const { table, key, properties, columnOf } = tableShape(metadata);
  const types = new Map(
    metadata.columns.map((column) => [column.propertyName, source.driver.normalizeType(column)]),
  );
  const arrayOf = (property: string, place: number) => `$${place}::${types.get(property)}[]`;
  const selected = properties.map((each) => `${columnOf(each)} AS ${quote(each)}`).join(', ');
  const names = properties.map(columnOf).join(', ');
  const arrays = properties.map((property, i) => arrayOf(property, i + 1)).join(', ');
  return {
    name: metadata.name,
    table,
    properties,
    key,
    select: (property) =>
      `SELECT ${selected} FROM ${table} WHERE ${columnOf(property)} = ANY (${arrayOf(property, 1)})`,
    remove: (property) => `DELETE FROM ${table} WHERE ${columnOf(property)} = ANY (${arrayOf(property, 1)})`,
    insert: (updated) => {
      const set = updated
        .map((property) => `${columnOf(property)} = excluded.${columnOf(property)}`)
        .join(', ');
      const action = set === '' ? 'NOTHING' : `UPDATE SET ${set}`;
      return `INSERT INTO ${table} (${names}) SELECT * FROM unnest(${arrays}) ON CONFLICT (${key.map(columnOf).join(', ')}) DO ${action}`;
    },
  };
}
