import { createHash } from 'node:crypto';
import type { Statement } from '@registry/postgres';
import { types as pgTypes, type CustomTypesConfig } from 'pg';

/** Strings, quoted names and comments, in which a `?` is no placeholder; and the placeholder. */
const TOKENS = /'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*|\/\*[\s\S]*?\*\/|\?/g;

/** The same statement with `$1`, `$2` … in place of the `?` placeholders. */
export const numbered = (sql: string): string => {
  let place = 0;
  return sql.replace(TOKENS, (token) => (token === '?' ? `$${(place += 1)}` : token));
};

/** Every connection keeps the statements that it prepared: those beyond this number are not. Texts are made by code, not by data. */
const MAX_PREPARED = 256;

/** Statements by their text, each under a name that every connection prepares once. */
export class PreparedTexts {
  readonly #statements = new Map<string, Pick<Statement, 'text' | 'name'>>();

  /** @param translate makes PostgreSQL's text of it */
  of(sql: string, translate: (sql: string) => string = (same) => same): Pick<Statement, 'text' | 'name'> {
    const known = this.#statements.get(sql);
    if (known !== undefined) return known;
    const text = translate(sql);
    if (this.#statements.size >= MAX_PREPARED) return { text };
    const statement = { text, name: `r${createHash('sha256').update(text).digest('hex').slice(0, 32)}` };
    this.#statements.set(sql, statement);
    return statement;
  }
}

const BOOL = 16;
const BYTEA = 17;
const INT8 = 20;
const NUMERIC = 1700;

const bytes = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text.slice(2), 'hex'));

/** SQLite's integers and sums are numbers, up to what a double carries exactly. */
const toNumber = (text: string): number => {
  const number = Number(text);
  if (Number.isInteger(number) && !Number.isSafeInteger(number))
    throw new RangeError('An integer that a number cannot carry: select it as text');
  return number;
};

type Parse = (text: string) => unknown;

const parsing = (own: readonly (readonly [oid: number, parse: Parse])[]): CustomTypesConfig => {
  const parsers = new Map(own);
  return {
    getTypeParser: (oid: number, format: 'text' | 'binary' = 'text') =>
      parsers.get(oid) ?? (pgTypes.getTypeParser(oid, format) as Parse),
  };
};

const SHARED: readonly (readonly [number, Parse])[] = [
  [BYTEA, bytes],
  [INT8, toNumber],
  [NUMERIC, toNumber],
];

/** Values of rows that are found by entity. */
export const ENTITY_VALUES = parsing(SHARED);

/** Values as SQLite gives them: booleans are 0 or 1. */
export const SELECTED_VALUES = parsing([[BOOL, (text) => (text === 't' ? 1 : 0)], ...SHARED]);
