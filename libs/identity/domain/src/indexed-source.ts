import { hash } from './key-table.js';
import type { MatchableDemographics } from './matchable.js';
import { normalizeName } from './name-compatibility.js';

/**
 * What the index keeps of one source of a person, as numbers: days, numbers of names in the index's dictionary, hashes. Equality of
 * hashes counts as agreement only beside an equal birth date and name.
 */
export interface IndexedSource {
  readonly birthDate: string;
  readonly givenNames: readonly string[];
  readonly sex: 'F' | 'M' | undefined;
  readonly multipleBirth: boolean;
  readonly birthOrder: number | undefined;
  /** Of the mother, the phones, the addresses. */
  readonly corroborators: Corroborators;
  /** Authority and number of what a facility or a register gives once per person. */
  readonly numbers: readonly UniqueNumber[];
}

export interface Corroborators {
  readonly mother: readonly number[];
  readonly phone: readonly number[];
  readonly address: readonly number[];
}

/** Two persons never share one; one person has one per authority, but for a merge at the facility. */
export interface UniqueNumber {
  readonly authority: number;
  readonly value: number;
}

const UNIQUE_TYPES: readonly string[] = ['MR', 'BR'];

export const indexedSourceOf = (demographics: MatchableDemographics): IndexedSource => ({
  birthDate: demographics.birthDate,
  givenNames: distinct(demographics.names.map((name) => normalizeName(name.given))),
  sex: demographics.sex === 'F' || demographics.sex === 'M' ? demographics.sex : undefined,
  multipleBirth: demographics.multipleBirth === true,
  birthOrder: demographics.multipleBirth === true ? demographics.birthOrder : undefined,
  corroborators: corroboratorsOf(demographics),
  numbers: demographics.identifiers
    .filter(({ type }) => UNIQUE_TYPES.includes(type))
    .map(({ authority, type, value }) => ({
      authority: hash(`${type}|${authority.trim().toUpperCase()}`),
      value: hash(value.trim().toUpperCase()),
    })),
});

/** Whatever can agree beside names and birth date. The mother is her maiden name, or a guardian's first and last. */
const corroboratorsOf = ({
  mothersMaidenName,
  guardians = [],
  phones = [],
  addresses = [],
}: MatchableDemographics): Corroborators => ({
  mother: distinct([
    ...(mothersMaidenName?.family === undefined || normalizeName(mothersMaidenName.family) === ''
      ? []
      : [hash(`maiden|${normalizeName(mothersMaidenName.family)}`)]),
    ...guardians.map(({ family, given }) =>
      hash(`guardian|${normalizeName(family)}|${normalizeName(given)}`),
    ),
  ]),
  phone: distinct(
    phones.map((digits) => digits.slice(-10)).filter((digits) => digits.length === 10 && !isFiller(digits)),
  ).map((digits) => hash(digits)),
  address: distinct(
    addresses.flatMap(({ street = '', zip = '' }) => {
      const line = street
        .toUpperCase()
        .replace(/[^\p{Letter}\p{Number}]+/gu, ' ')
        .trim();
      return line === '' || zip === '' ? [] : [hash(`${line}|${zip.slice(0, 5)}`)];
    }),
  ),
});

/** One digit all over, such as 999-999-9999, is nobody's number. */
const isFiller = (digits: string): boolean => /^(\d)\1+$/.test(digits.slice(3));

const distinct = <T>(values: readonly T[]): T[] => [...new Set(values)];
