import {
  NAME_TYPE_COMPONENT,
  addressesOf,
  all,
  checkType,
  codedField,
  codedFields,
  identifierOf,
  personNameOf,
  telecomsOf,
} from './data-types.js';
import type { IsoDate } from './hl7-date.js';
import type { Hl7Problem } from './problem.js';
import { readRegistryStatus } from './read-registry-status.js';
import { SegmentReader } from './segment-reader.js';
import type { Hl7Segment } from './segment.js';
import { RACE_OR_ETHNICITY, SEX } from './tables/person-tables.js';
import type { Identifier, PersonName, VxuPatient } from './vxu.js';

const BIRTH_ORDER = /^[1-9]\d?$/;
const CDCREC = { table: RACE_OR_ETHNICITY };

/**
 * Reads PID and PD1.
 *
 * Required: PID-3, PID-5, PID-7. `undefined` when one is empty or bad: the segment is lost, and with it the message.
 *
 * @param receivedOn no date of the patient may be after it
 */
export function readPatient(
  pid: Hl7Segment,
  pd1: Hl7Segment | undefined,
  problems: Hl7Problem[],
  receivedOn: IsoDate,
): VxuPatient | undefined {
  const reader = new SegmentReader(pid, problems);
  const identifiers = readIdentifiers(reader);
  const names = readNames(reader);
  const mothersMaidenNames = all(reader, 6, (repetition) => personNameOf(repetition));
  const birthDate = readBirthDate(reader, receivedOn);
  const sex = reader.code(8, SEX, 'sex');
  const races = codedFields(reader, 10, 'race', CDCREC);
  const addresses = addressesOf(reader, 11);
  const homeTelecoms = telecomsOf(reader, 13);
  const workTelecoms = telecomsOf(reader, 14);
  const primaryLanguage = codedField(reader, 15, 'primary language');
  const ethnicities = codedFields(reader, 22, 'ethnic group', CDCREC);
  const { multipleBirth, birthOrder } = readBirth(reader);
  const { deathDate, died } = readDeath(reader, receivedOn, birthDate);
  const registry = readRegistryStatus(pd1, problems, receivedOn);
  if (identifiers.length === 0 || names.length === 0 || birthDate === undefined) return undefined;
  return Object.freeze({
    identifiers,
    names,
    mothersMaidenNames,
    birthDate,
    sex,
    races,
    ethnicities,
    addresses,
    telecoms: workTelecoms.length === 0 ? homeTelecoms : Object.freeze([...homeTelecoms, ...workTelecoms]),
    primaryLanguage,
    multipleBirth,
    birthOrder,
    deathDate,
    died,
    registry,
  });
}

/** PID-24 and PID-25. Systems that know nothing of twins send `N` and 1. */
function readBirth(reader: SegmentReader): Pick<VxuPatient, 'multipleBirth' | 'birthOrder'> {
  const multipleBirth = reader.yesOrNo(24, 'multiple birth indicator');
  const sent = reader.formed(25, BIRTH_ORDER, 'birth order');
  const birthOrder = sent === undefined ? undefined : Number(sent);
  const isUnsaid = reader.text(24) === '' || (multipleBirth === false && (birthOrder ?? 0) > 1);
  if (birthOrder !== undefined && isUnsaid) {
    reader.report('W', 'illogical-value', 25, 'A birth order is sent, but no multiple birth.');
  }
  return { multipleBirth, birthOrder };
}

/** PID-29 and PID-30. Neither makes up for the other: what a possible death means is not decided here. */
function readDeath(
  reader: SegmentReader,
  receivedOn: IsoDate,
  birthDate: IsoDate | undefined,
): Pick<VxuPatient, 'deathDate' | 'died'> {
  const deathDate = reader.date(29, 'death date', { notAfter: receivedOn, notBefore: birthDate });
  const died = reader.yesOrNo(30, 'death indicator');
  if (deathDate !== undefined && !died) {
    const kind = died === undefined ? 'field-missing' : 'illogical-value';
    reader.report('W', kind, 30, 'A death date is sent, but the death indicator is not Y.');
  } else if (died && reader.text(29) === '') {
    reader.report('I', 'field-missing', 29, 'The death indicator is Y, but the death date is missing.');
  }
  return { deathDate, died };
}

function readIdentifiers(reader: SegmentReader): readonly Identifier[] {
  const identifiers: Identifier[] = [];
  for (const { repetition, number } of reader.repetitions(3)) {
    const identifier = identifierOf(repetition);
    if (!identifier) {
      const place = { repetition: number, component: 1 };
      reader.report('W', 'field-missing', 3, 'An identifier without a value was skipped.', place);
      continue;
    }
    if (!identifier.authority) {
      const place = { repetition: number, component: 4 };
      reader.report('W', 'field-missing', 3, 'The assigning authority of the identifier is missing.', place);
    }
    if (identifier.type === undefined) {
      const place = { repetition: number, component: 5 };
      reader.report('W', 'field-missing', 3, 'The type of the identifier is missing.', place);
    }
    identifiers.push(identifier);
  }
  if (identifiers.length === 0) reader.report('E', 'field-missing', 3, 'The patient identifier is missing.');
  return Object.freeze(identifiers);
}

function readNames(reader: SegmentReader): readonly PersonName[] {
  const names: PersonName[] = [];
  for (const { repetition, number } of reader.repetitions(5)) {
    const name = personNameOf(repetition);
    if (name?.family !== undefined && name.given !== undefined) {
      checkType(reader, 5, number, name, NAME_TYPE_COMPONENT);
      names.push(name);
      continue;
    }
    const place = { repetition: number, component: name?.family === undefined ? 1 : 2 };
    reader.report('E', 'field-missing', 5, 'The name lacks family or given name; it was not taken.', place);
  }
  if (names.length === 0) reader.report('E', 'field-missing', 5, 'The patient name is missing.');
  return Object.freeze(names);
}

function readBirthDate(reader: SegmentReader, receivedOn: IsoDate): IsoDate | undefined {
  if (reader.text(7) === '') {
    reader.report('E', 'field-missing', 7, 'The birth date is missing.');
    return undefined;
  }
  return reader.date(7, 'birth date', { notAfter: receivedOn });
}
