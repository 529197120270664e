import {
  type CodeTable,
  type SegmentReader,
  type SentRepetition,
  optionalText,
  textOf,
} from './segment-reader.js';
import type { Hl7Repetition } from './segment.js';
import { ADDRESS_TYPE, NAME_TYPE, TELECOM_EQUIPMENT, TELECOM_USE } from './tables/person-tables.js';
import type {
  Address,
  Authority,
  Coded,
  Identifier,
  OrderNumber,
  PersonName,
  Provider,
  Telecom,
} from './vxu.js';

/*
 * The data types of chapter 2A, as far as a registry reads them. Each takes one repetition; `undefined` means that
 * it says nothing. Problems of form are reported by the callers, which know what the field is for.
 */

/** HD in one component; sub-components are namespace, universal id, its type. */
export function authorityOf(repetition: Hl7Repetition, component: number): Authority | undefined {
  const namespace = optionalText(repetition, component, 1);
  const universalId = optionalText(repetition, component, 2);
  const universalIdType = optionalText(repetition, component, 3);
  if (namespace === undefined && universalId === undefined) return undefined;
  return Object.freeze({ namespace, universalId, universalIdType });
}

/** HD as a whole field, or the last components of EI: three components from `first` on. */
export function authorityFrom(repetition: Hl7Repetition, first: number): Authority | undefined {
  const namespace = optionalText(repetition, first);
  const universalId = optionalText(repetition, first + 1);
  const universalIdType = optionalText(repetition, first + 2);
  if (namespace === undefined && universalId === undefined) return undefined;
  return Object.freeze({ namespace, universalId, universalIdType });
}

/** CX. */
export function identifierOf(repetition: Hl7Repetition): Identifier | undefined {
  const value = textOf(repetition, 1);
  if (value === '') return undefined;
  return Object.freeze({ value, authority: authorityOf(repetition, 4), type: optionalText(repetition, 5) });
}

/** EI. */
export function orderNumberOf(repetition: Hl7Repetition): OrderNumber | undefined {
  const value = textOf(repetition, 1);
  return value === '' ? undefined : Object.freeze({ value, authority: authorityFrom(repetition, 2) });
}

/** XPN; `first` is where the family name stands (2 in XCN), `type` where the name type stands. */
export function personNameOf(repetition: Hl7Repetition, first = 1, type = 7): PersonName | undefined {
  const family = optionalText(repetition, first);
  const given = optionalText(repetition, first + 1);
  if (family === undefined && given === undefined) return undefined;
  return Object.freeze({
    family,
    given,
    middle: optionalText(repetition, first + 2),
    suffix: optionalText(repetition, first + 3),
    prefix: optionalText(repetition, first + 4),
    type: optionalText(repetition, type),
  });
}

/** XCN. */
export function providerOf(repetition: Hl7Repetition): Provider | undefined {
  const id = optionalText(repetition, 1);
  const name = personNameOf(repetition, 2, 10);
  if (id === undefined && name === undefined) return undefined;
  return Object.freeze({ id, authority: authorityOf(repetition, 9), name });
}

/** XAD. An address of which only the type is sent says nothing. */
export function addressOf(repetition: Hl7Repetition): Address | undefined {
  const address = {
    street: optionalText(repetition, 1),
    otherDesignation: optionalText(repetition, 2),
    city: optionalText(repetition, 3),
    state: optionalText(repetition, 4),
    postalCode: optionalText(repetition, 5),
    country: optionalText(repetition, 6),
    type: optionalText(repetition, 7),
    county: optionalText(repetition, 9),
  };
  const { street, otherDesignation, city, state, postalCode, county } = address;
  if (!(street ?? otherDesignation ?? city ?? state ?? postalCode ?? county)) return undefined;
  return Object.freeze(address);
}

/** XTN. */
export function telecomOf(repetition: Hl7Repetition): Telecom | undefined {
  const telecom = {
    use: optionalText(repetition, 2),
    equipment: optionalText(repetition, 3),
    email: optionalText(repetition, 4),
    countryCode: optionalText(repetition, 5),
    areaCode: optionalText(repetition, 6),
    localNumber: optionalText(repetition, 7),
    extension: optionalText(repetition, 8),
    unformatted: optionalText(repetition, 1),
  };
  if (!(telecom.email ?? telecom.localNumber ?? telecom.unformatted)) return undefined;
  return Object.freeze(telecom);
}

/** One triplet of CE or CWE: code, text, system, from component `first` on. */
export function codedOf(repetition: Hl7Repetition, first = 1): Coded | undefined {
  const code = textOf(repetition, first);
  if (code === '') return undefined;
  return Object.freeze({
    code,
    text: optionalText(repetition, first + 1),
    system: optionalText(repetition, first + 2),
  });
}

/** Both triplets of CE or CWE. */
export function codesOf(repetition: Hl7Repetition): readonly Coded[] {
  const first = codedOf(repetition, 1);
  const alternate = codedOf(repetition, 4);
  return Object.freeze([first, alternate].filter((coded) => coded !== undefined));
}

/** How a coded field is read. */
export interface CodedUsage {
  readonly required?: boolean;
  /** A code that is not in it is lost; of two codes, one that is in it is enough. */
  readonly table?: CodeTable | undefined;
}

const OPTIONAL: CodedUsage = Object.freeze({});

/** A coded field's first repetition: its code, or the alternate when only that is sent or known. */
export function codedField(
  reader: SegmentReader,
  field: number,
  name: string,
  usage: CodedUsage = OPTIONAL,
): Coded | undefined {
  const sent = reader.first(field);
  if (sent) return codedRepetition(reader, field, name, sent, usage);
  if (usage.required) reader.report('E', 'field-missing', field, `The ${name} is missing.`);
  return undefined;
}

/** All repetitions of a coded field. */
export function codedFields(
  reader: SegmentReader,
  field: number,
  name: string,
  usage: CodedUsage = OPTIONAL,
): readonly Coded[] {
  const sent = reader.repetitions(field);
  if (sent.length === 0) return NONE;
  const codes: Coded[] = [];
  for (const one of sent) {
    const coded = codedRepetition(reader, field, name, one, usage);
    if (coded) codes.push(coded);
  }
  return Object.freeze(codes);
}

/** Text without a code is lost, for nothing can be decided on a text; a system without either said nothing. */
function codedRepetition(
  reader: SegmentReader,
  field: number,
  name: string,
  { repetition, number }: SentRepetition,
  { required, table }: CodedUsage,
): Coded | undefined {
  const first = codedOf(repetition);
  if (first && (!table || table.has(first.code))) return first;
  const alternate = codedOf(repetition, 4);
  if (alternate && (!table || table.has(alternate.code))) return alternate;
  const place = { repetition: number, component: 1 };
  if (first ?? alternate) {
    const text = `The ${name} is not in its table; it was not taken.`;
    reader.report('E', 'unknown-code', field, text, first ? place : { ...place, component: 4 });
    return undefined;
  }
  const isLost = required || textOf(repetition, 2) !== '' || textOf(repetition, 5) !== '';
  const text = isLost ? `The ${name} has no code; it was not taken.` : `The ${name} has no code.`;
  reader.report(isLost ? 'E' : 'W', 'field-missing', field, text, place);
  return undefined;
}

/** Where a data type says what kind of name, address or number it is. */
export interface TypeComponent<T> {
  readonly component: number;
  readonly table: CodeTable;
  readonly name: string;
  readonly typeOf: (value: T) => string | undefined;
}

export const NAME_TYPE_COMPONENT: TypeComponent<PersonName> = {
  component: 7,
  table: NAME_TYPE,
  name: 'type of the name',
  typeOf: ({ type }) => type,
};

export const ADDRESS_TYPE_COMPONENT: TypeComponent<Address> = {
  component: 7,
  table: ADDRESS_TYPE,
  name: 'type of the address',
  typeOf: ({ type }) => type,
};

export const TELECOM_USE_COMPONENT: TypeComponent<Telecom> = {
  component: 2,
  table: TELECOM_USE,
  name: 'use of the telephone or address',
  typeOf: ({ use }) => use,
};

export const TELECOM_EQUIPMENT_COMPONENT: TypeComponent<Telecom> = {
  component: 3,
  table: TELECOM_EQUIPMENT,
  name: 'kind of the telephone or address',
  typeOf: ({ equipment }) => equipment,
};

/** A type that is not in its table is kept as sent, with a warning: what it qualifies is worth more than it. */
export function checkType<T>(
  reader: SegmentReader,
  field: number,
  repetition: number,
  value: T,
  { component, table, name, typeOf }: TypeComponent<T>,
): void {
  const type = typeOf(value);
  if (type === undefined || table.has(type)) return;
  const text = `The ${name} is not in its table; it was kept as sent.`;
  reader.report('W', 'unknown-code', field, text, { repetition, component });
}

/** All repetitions of a field, read by one of the functions above. */
export function all<T>(
  reader: SegmentReader,
  field: number,
  read: (repetition: Hl7Repetition) => T | undefined,
  ...types: readonly TypeComponent<T>[]
): readonly T[] {
  const sent = reader.repetitions(field);
  if (sent.length === 0) return NONE;
  const values: T[] = [];
  for (const { repetition, number } of sent) {
    const value = read(repetition);
    if (value === undefined) continue;
    for (const type of types) checkType(reader, field, number, value, type);
    values.push(value);
  }
  return Object.freeze(values);
}

/** PID-11, NK1-4. */
export function addressesOf(reader: SegmentReader, field: number): readonly Address[] {
  return all(reader, field, addressOf, ADDRESS_TYPE_COMPONENT);
}

/** PID-13, PID-14, NK1-5. */
export function telecomsOf(reader: SegmentReader, field: number): readonly Telecom[] {
  return all(reader, field, telecomOf, TELECOM_USE_COMPONENT, TELECOM_EQUIPMENT_COMPONENT);
}

const NONE: readonly never[] = Object.freeze([]);
