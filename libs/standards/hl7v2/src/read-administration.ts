import { authorityOf, codedField, codedFields, codesOf, providerOf } from './data-types.js';
import { type IsoDate, readHl7Date } from './hl7-date.js';
import { NO_VACCINE_ADMINISTERED, readVaccineCodes } from './read-vaccine-codes.js';
import type { OrderContext } from './read-order.js';
import { type SegmentReader, optionalText, textOf } from './segment-reader.js';
import { INFORMATION_SOURCE, REFUSAL_REASON } from './tables/vaccination-tables.js';
import type { ActionCode, AdministeredAt, Coded, CompletionStatus, VaccineCode, VxuOrder } from './vxu.js';

/** What RXA says. */
export type Administration = Omit<
  VxuOrder,
  'placerOrderNumber' | 'fillerOrderNumber' | 'orderedBy' | 'route' | 'observations'
>;

const UNKNOWN_AMOUNT = 999;
const DECIMAL = /^(?:\d{1,6}(?:\.\d{0,4})?|\.\d{1,4})$/;
/** Length of ST in RXA-15. What is longer is not a lot number, and half of one would be another. */
const MAX_LOT_LENGTH = 20;
const COMPLETION_STATUSES: readonly CompletionStatus[] = ['CP', 'PA', 'RE', 'NA'];
const ACTION_CODES: readonly ActionCode[] = ['A', 'D', 'U'];
const REFUSAL = { table: REFUSAL_REASON };

/** Reads RXA. Required: RXA-3, RXA-5, RXA-6. `undefined` when one is empty or bad: the segment is lost. */
export function readAdministration(reader: SegmentReader, context: OrderContext): Administration | undefined {
  const action = oneOf(reader, 21, ACTION_CODES, 'action code') ?? 'A';
  const administeredOn = readAdministeredOn(reader, context, action === 'D');
  const vaccineCodes = readVaccineCodes(reader, context.codes, administeredOn);
  const amount = readAmount(reader);
  const unit = codedField(reader, 7, 'unit of the amount');
  if (typeof amount === 'number' && reader.text(7) === '') {
    reader.report('W', 'field-missing', 7, 'The amount has no unit.');
  }
  const source = readSource(reader);
  const administeredBy = reader.first(10);
  const administeredAt = readAdministeredAt(reader);
  const lotNumbers = readLotNumbers(reader);
  const lotExpiresOn = readLotExpiry(reader);
  const manufacturer = readManufacturer(reader, context);
  const refusalReasons = codedFields(reader, 18, 'refusal reason', REFUSAL);
  const completion = readCompletion(reader, vaccineCodes, refusalReasons);
  if (
    administeredOn === undefined ||
    vaccineCodes.length === 0 ||
    amount === undefined ||
    completion === 'unreadable' ||
    action === 'unreadable'
  ) {
    return undefined;
  }
  return {
    sequence: reader.segment.sequence,
    administeredOn,
    vaccineCodes,
    amount: amount === 'unknown' ? undefined : amount,
    unit,
    source,
    administeredBy: administeredBy && providerOf(administeredBy.repetition),
    administeredAt,
    lotNumbers,
    lotExpiresOn,
    manufacturer,
    refusalReasons,
    completion,
    action,
  };
}

/**
 * @param isDeletion of a dose that should not be there: that it lies before birth or after death may be why
 */
function readAdministeredOn(
  reader: SegmentReader,
  { receivedOn, birthDate, deathDate }: OrderContext,
  isDeletion: boolean,
): IsoDate | undefined {
  if (reader.text(3) === '') {
    reader.report('E', 'field-missing', 3, 'The date of administration is missing.');
    return undefined;
  }
  const bounds = isDeletion
    ? { notAfter: receivedOn }
    : { notAfter: receivedOn, notBefore: birthDate, notAfterDeath: deathDate };
  const date = reader.date(3, 'date of administration', bounds);
  const end = date === undefined ? '' : reader.text(4);
  if (end !== '' && date !== undefined) {
    const reading = readHl7Date(end);
    if (reading.kind === 'date' && reading.date !== date) {
      reader.report('W', 'illogical-date', 4, 'The administration ends on another day than it starts.');
    }
  }
  return date;
}

function readAmount(reader: SegmentReader): number | 'unknown' | undefined {
  if (reader.text(6) === '') {
    reader.report('E', 'field-missing', 6, 'The amount is missing; 999 means unknown.');
    return undefined;
  }
  const sent = reader.formed(6, DECIMAL, 'amount');
  if (sent === undefined) return undefined;
  return Number(sent) === UNKNOWN_AMOUNT ? 'unknown' : Number(sent);
}

/** RXA-9 repeats: a coded source, and notes. */
function readSource(reader: SegmentReader): Coded | undefined {
  const sent = reader.repetitions(9);
  if (sent.length === 0) return undefined;
  for (const { repetition } of sent) {
    const coded = codesOf(repetition).find(({ code }) => INFORMATION_SOURCE.has(code));
    if (coded) return coded;
  }
  reader.report(
    'E',
    'unknown-code',
    9,
    'The source of the information is not in its table; it was not taken.',
  );
  return undefined;
}

/** RXA-11 is an LA2: point of care first, the facility fourth. */
function readAdministeredAt(reader: SegmentReader): AdministeredAt | undefined {
  const sent = reader.first(11);
  if (!sent) return undefined;
  const pointOfCare = optionalText(sent.repetition, 1);
  const facility = authorityOf(sent.repetition, 4);
  return pointOfCare === undefined && facility === undefined
    ? undefined
    : Object.freeze({ pointOfCare, facility });
}

const NO_LOTS: readonly string[] = Object.freeze([]);

function readLotNumbers(reader: SegmentReader): readonly string[] {
  const sent = reader.repetitions(15);
  if (sent.length === 0) return NO_LOTS;
  const lots: string[] = [];
  for (const { repetition, number } of sent) {
    const lot = textOf(repetition);
    if (lot.length > MAX_LOT_LENGTH) {
      const place = { repetition: number };
      reader.report('E', 'invalid-value', 15, 'The lot number is too long; it was not taken.', place);
    } else if (lot !== '') lots.push(lot);
  }
  return Object.freeze(lots);
}

const MONTH = /^\d{6}$/;

/** Lots expire with a month: the guide lets RXA-16 go without the day, which is then the last. */
function readLotExpiry(reader: SegmentReader): IsoDate | undefined {
  const sent = reader.text(16);
  if (!MONTH.test(sent)) return reader.date(16, 'expiration date of the lot');
  for (const day of ['31', '30', '29', '28']) {
    const reading = readHl7Date(sent + day);
    if (reading.kind === 'date') return reading.date;
  }
  return reader.dateOf(`${sent}01`, 16, 'expiration date of the lot');
}

function readManufacturer(reader: SegmentReader, { codes }: OrderContext): Coded | undefined {
  const manufacturer = codedField(reader, 17, 'manufacturer');
  if (!codes || !manufacturer || codes.manufacturer(manufacturer.code) !== 'unknown') return manufacturer;
  const place = { repetition: 1, component: 1 };
  reader.report('E', 'unknown-code', 17, 'The manufacturer is not in its table; it was not taken.', place);
  return undefined;
}

/** Blank has a meaning: `NA` for "no vaccine administered", `RE` with a refusal reason, else `CP`. */
function readCompletion(
  reader: SegmentReader,
  vaccineCodes: readonly VaccineCode[],
  refusalReasons: readonly Coded[],
): CompletionStatus | 'unreadable' {
  const sent = oneOf(reader, 20, COMPLETION_STATUSES, 'completion status');
  const isNoVaccine = vaccineCodes.some(
    ({ system, code }) => system === 'CVX' && code === NO_VACCINE_ADMINISTERED,
  );
  // A reason that could not be read is still a reason: blank is not CP then.
  const isRefusal = refusalReasons.length > 0 || reader.first(18) !== undefined;
  if (sent === undefined) return isNoVaccine ? 'NA' : isRefusal ? 'RE' : 'CP';
  if (sent === 'CP' && (isNoVaccine || isRefusal)) {
    reader.report(
      'W',
      'illogical-value',
      20,
      'The completion status conflicts with the vaccine or the refusal reason.',
    );
  }
  if (sent === 'RE' && !isRefusal) {
    reader.report('W', 'field-missing', 18, 'The refusal has no reason.');
  }
  return sent;
}

/**
 * A code of a closed table; `undefined` when blank. A bad one is `unreadable`, not blank: the default of a blank
 * field would turn a refusal that cannot be read into a dose given, and a deletion into an addition.
 */
function oneOf<T extends string>(
  reader: SegmentReader,
  field: number,
  table: readonly T[],
  name: string,
): T | 'unreadable' | undefined {
  const sent = reader.text(field);
  if (sent === '') return undefined;
  const code = table.find((known) => known === sent);
  if (code !== undefined) return code;
  reader.report('E', 'unknown-code', field, `The ${name} is not in its table.`);
  return 'unreadable';
}
