import {
  addressOf,
  all,
  codedField,
  codedFields,
  identifierOf,
  personNameOf,
  telecomOf,
} from './data-types.js';
import type { IsoDate } from './hl7-date.js';
import type { Hl7Problem } from './problem.js';
import { SegmentReader } from './segment-reader.js';
import type { Hl7Segment } from './segment.js';
import type { Identifier, PersonName, VxuNextOfKin, VxuPatient, VxuRegistryStatus } from './vxu.js';

const ONE_LETTER = /^[A-Z]$/;
const BIRTH_ORDER = /^[1-9]\d?$/;
const TWO_DIGITS = /^\d{2}$/;

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
  const sex = reader.formed(8, ONE_LETTER, 'sex');
  const birthOrder = reader.formed(25, BIRTH_ORDER, 'birth order');
  const patient = {
    sex,
    races: codedFields(reader, 10, 'race'),
    addresses: all(reader, 11, addressOf),
    telecoms: Object.freeze([...all(reader, 13, telecomOf), ...all(reader, 14, telecomOf)]),
    primaryLanguage: codedField(reader, 15, 'primary language'),
    ethnicities: codedFields(reader, 22, 'ethnic group'),
    multipleBirth: reader.yesOrNo(24, 'multiple birth indicator'),
    birthOrder: birthOrder === undefined ? undefined : Number(birthOrder),
    deathDate: reader.date(29, 'death date', { notAfter: receivedOn, notBefore: birthDate }),
    died: reader.yesOrNo(30, 'death indicator'),
    registry: readRegistryStatus(pd1, problems),
  };
  if (identifiers.length === 0 || names.length === 0 || birthDate === undefined) return undefined;
  return Object.freeze({ identifiers, names, mothersMaidenNames, birthDate, ...patient });
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

const NO_STATUS: VxuRegistryStatus = Object.freeze({});

function readRegistryStatus(segment: Hl7Segment | undefined, problems: Hl7Problem[]): VxuRegistryStatus {
  if (!segment) return NO_STATUS;
  const reader = new SegmentReader(segment, problems);
  return Object.freeze({
    publicityCode: reader.formed(11, TWO_DIGITS, 'publicity code'),
    protectionIndicator: reader.formed(12, ONE_LETTER, 'protection indicator'),
    protectionIndicatorSince: reader.date(13, 'effective date of the protection indicator'),
    registryStatus: reader.formed(16, ONE_LETTER, 'registry status'),
    registryStatusSince: reader.date(17, 'effective date of the registry status'),
    publicityCodeSince: reader.date(18, 'effective date of the publicity code'),
  });
}

/** Reads NK1. Required: NK1-2 and NK1-3; `undefined` when one is missing: the segment is lost. */
export function readNextOfKin(segment: Hl7Segment, problems: Hl7Problem[]): VxuNextOfKin | undefined {
  const reader = new SegmentReader(segment, problems);
  const sentName = reader.first(2);
  const name = sentName && personNameOf(sentName.repetition);
  const relationship = codedField(reader, 3, 'relationship', 'required');
  if (!name) reader.report('E', 'field-missing', 2, 'The name is missing; the next of kin was not taken.');
  if (!name || !relationship) return undefined;
  return Object.freeze({
    name,
    relationship,
    addresses: all(reader, 4, addressOf),
    telecoms: all(reader, 5, telecomOf),
  });
}
