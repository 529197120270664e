import type { EntityMetadata } from 'typeorm';

/** Statements of one table on SQLite. */
export interface TableSql {
  readonly name: string;
  /** Property names, in the order of the columns in every statement. */
  readonly properties: readonly string[];
  /** Properties whose column is declared boolean: SQLite gives 0 or 1 back. */
  readonly booleans: ReadonlySet<string>;
  /** Properties of the primary key. */
  readonly key: readonly string[];
  select(property: string, values: number): string;
  remove(property: string, values: number): string;
  /** @param updated properties that a row already there takes over; none: it stays as it is */
  insert(rows: number, updated: readonly string[]): string;
}

/** Quoted names of one table, by which every adapter writes its statements. */
export interface TableShape {
  readonly table: string;
  readonly key: readonly string[];
  readonly properties: readonly string[];
  /** @throws Error there is no column for the property */
  readonly columnOf: (property: string) => string;
}

export const quote = (name: string) => `"${name.replaceAll('"', '""')}"`;
const marks = (count: number) => `(${Array<string>(count).fill('?').join(', ')})`;

/**
 * @param metadata TypeORM's view of an entity: plain columns only
 * @throws Error the entity has embedded objects or no primary key
 */
export function tableShape(metadata: EntityMetadata): TableShape {
  const columns = new Map<string, string>();
  for (const column of metadata.columns) {
    if (column.propertyPath !== column.propertyName) {
      throw new Error(`${metadata.name}.${column.propertyPath}: a read model has flat columns only`);
    }
    columns.set(column.propertyName, quote(column.databaseName));
  }
  const key = metadata.primaryColumns.map((column) => column.propertyName);
  if (key.length === 0) throw new Error(`${metadata.name} has no primary key`);

  return {
    table: metadata.tablePath.split('.').map(quote).join('.'),
    key,
    properties: [...columns.keys()],
    columnOf: (property) => {
      const column = columns.get(property);
      if (column === undefined) throw new Error(`${metadata.name} has no column for '${property}'`);
      return column;
    },
  };
}

/** @throws Error as `tableShape`, or `select`/`remove` is asked for a property without a column */
export function tableSql(metadata: EntityMetadata): TableSql {
  const { table, key, properties, columnOf } = tableShape(metadata);
  const names = properties.map(columnOf).join(', ');
  const tuple = marks(properties.length);

  return {
    name: metadata.name,
    properties,
    key,
    booleans: new Set(
      metadata.columns
        .filter(({ type }) => type === Boolean || type === 'boolean')
        .map((c) => c.propertyName),
    ),
    select: (property, values) => {
      // Named after the property, so that a row needs no second mapping.
      const selected = properties.map((each) => `${columnOf(each)} AS ${quote(each)}`).join(', ');
      return `SELECT ${selected} FROM ${table} WHERE ${columnOf(property)} IN ${marks(values)}`;
    },
    remove: (property, values) => `DELETE FROM ${table} WHERE ${columnOf(property)} IN ${marks(values)}`,
    insert: (rows, updated) => {
      const values = Array<string>(rows).fill(tuple).join(', ');
      const set = updated
        .map((property) => `${columnOf(property)} = excluded.${columnOf(property)}`)
        .join(', ');
      const action = set === '' ? 'NOTHING' : `UPDATE SET ${set}`;
      return `INSERT INTO ${table} (${names}) VALUES ${values} ON CONFLICT (${key.map(columnOf).join(', ')}) DO ${action}`;
    },
  };
}
