import { authorityOf, codedField, codedFields, codesOf, orderNumberOf, providerOf } from './data-types.js';
import type { IsoDate } from './hl7-date.js';
import { type Hl7Problem, hl7Problem } from './problem.js';
import { readObservation } from './read-observation.js';
import { readVaccineCodes } from './read-vaccine-codes.js';
import { type DateBounds, SegmentReader, optionalText } from './segment-reader.js';
import type { Hl7Segment } from './segment.js';
import type {
  ActionCode,
  AdministeredAt,
  AdministrationRoute,
  Coded,
  CompletionStatus,
  OrderNumber,
  Provider,
  VaccineCode,
  VxuObservation,
  VxuOrder,
} from './vxu.js';

/** The segments of one ORDER group. */
export interface OrderGroup {
  readonly orc?: Hl7Segment | undefined;
  rxa?: Hl7Segment | undefined;
  rxr?: Hl7Segment | undefined;
  readonly observations: Hl7Segment[];
}

/** What an order is checked against. */
export interface OrderContext {
  readonly receivedOn: IsoDate;
  readonly birthDate: IsoDate | undefined;
  /** ORC and ORC-3 are required. */
  readonly requiresOrc: boolean;
}

const UNKNOWN_AMOUNT = '999';
const DECIMAL = /^(?:\d{1,6}(?:\.\d{0,4})?|\.\d{1,4})$/;
const INFORMATION_SOURCE = /^\d{2}$/;
const NO_VACCINE_ADMINISTERED = '998';
const COMPLETION_STATUSES: readonly CompletionStatus[] = ['CP', 'PA', 'RE', 'NA'];
const ACTION_CODES: readonly ActionCode[] = ['A', 'D', 'U'];

/**
 * Reads one ORDER group.
 *
 * Required: ORC and ORC-3 (from 2.5 on), RXA, RXA-3, RXA-5, RXA-6. `undefined` when one is empty or bad: the group
 * is lost, and nothing else of the message.
 */
export function readOrder(
  group: OrderGroup,
  problems: Hl7Problem[],
  context: OrderContext,
): VxuOrder | undefined {
  const common = readCommonOrder(group.orc, problems, context.requiresOrc);
  if (!group.rxa) {
    const { id: segment = 'RXA', sequence = 1 } = group.orc ?? {};
    problems.push(
      hl7Problem('E', 'segment-missing', { segment, sequence }, 'The order has no RXA; it was not taken.'),
    );
    return undefined;
  }
  const reader = new SegmentReader(group.rxa, problems);
  if (!group.orc && context.requiresOrc) {
    reader.report('E', 'segment-missing', undefined, 'The order has no ORC of its own.');
  }
  const administration = readAdministration(reader, context);
  const route = group.rxr && readRoute(group.rxr, problems);
  const observations: VxuObservation[] = [];
  const bounds: DateBounds = { notAfter: context.receivedOn, notBefore: context.birthDate };
  for (const segment of group.observations) {
    const observation = readObservation(segment, problems, bounds);
    if (observation) observations.push(observation);
  }
  if (!common || !administration) {
    reader.report('E', 'data-ignored', undefined, 'The order was not taken.');
    return undefined;
  }
  return Object.freeze({ ...common, ...administration, route, observations: Object.freeze(observations) });
}

interface CommonOrder {
  readonly placerOrderNumber: OrderNumber | undefined;
  readonly fillerOrderNumber: OrderNumber | undefined;
  readonly orderedBy: Provider | undefined;
}

const NO_COMMON_ORDER: CommonOrder = Object.freeze({
  placerOrderNumber: undefined,
  fillerOrderNumber: undefined,
  orderedBy: undefined,
});

function readCommonOrder(
  segment: Hl7Segment | undefined,
  problems: Hl7Problem[],
  isRequired: boolean,
): CommonOrder | undefined {
  if (!segment) return isRequired ? undefined : NO_COMMON_ORDER;
  const reader = new SegmentReader(segment, problems);
  if (reader.text(1) !== 'RE') {
    // The guide knows no other order control; nothing is taken from it.
    reader.report('W', 'invalid-value', 1, 'The order control is not RE.');
  }
  const placer = reader.first(2);
  const filler = reader.first(3);
  const fillerOrderNumber = filler && orderNumberOf(filler.repetition);
  if (!fillerOrderNumber && isRequired) {
    reader.report('E', 'field-missing', 3, 'The filler order number is missing.');
    return undefined;
  }
  if (fillerOrderNumber && !fillerOrderNumber.authority) {
    const place = { repetition: 1, component: 2 };
    reader.report('W', 'field-missing', 3, 'The authority of the filler order number is missing.', place);
  }
  const orderedBy = reader.first(12);
  return {
    placerOrderNumber: placer && orderNumberOf(placer.repetition),
    fillerOrderNumber,
    orderedBy: orderedBy && providerOf(orderedBy.repetition),
  };
}

type Administration = Omit<VxuOrder, keyof CommonOrder | 'route' | 'observations'>;

function readAdministration(reader: SegmentReader, context: OrderContext): Administration | undefined {
  const administeredOn = readAdministeredOn(reader, context);
  const vaccineCodes = readVaccineCodes(reader);
  const amount = readAmount(reader);
  const unit = codedField(reader, 7, 'unit of the amount');
  if (typeof amount === 'number' && reader.text(7) === '' && !unit) {
    reader.report('W', 'field-missing', 7, 'The amount has no unit.');
  }
  const source = readSource(reader);
  const administeredBy = reader.first(10);
  const rest = {
    unit,
    source,
    administeredBy: administeredBy && providerOf(administeredBy.repetition),
    administeredAt: readAdministeredAt(reader),
    lotNumbers: Object.freeze(
      reader
        .repetitions(15)
        .map(({ repetition }) => repetition.value(1).trim())
        .filter((lot) => lot !== ''),
    ),
    lotExpiresOn: reader.date(16, 'expiration date of the lot'),
    manufacturer: codedField(reader, 17, 'manufacturer'),
    refusalReasons: codedFields(reader, 18, 'refusal reason'),
  };
  const completion = readCompletion(reader, vaccineCodes, rest.refusalReasons);
  const action = oneOf(reader, 21, ACTION_CODES, 'action code') ?? 'A';
  if (completion === 'CP' && reader.text(9) === '') {
    reader.report('W', 'field-missing', 9, 'The source of the information is missing.');
  }
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
    ...rest,
    completion,
    action,
  };
}

function readAdministeredOn(reader: SegmentReader, context: OrderContext): IsoDate | undefined {
  if (reader.text(3) === '') {
    reader.report('E', 'field-missing', 3, 'The date of administration is missing.');
    return undefined;
  }
  return reader.date(3, 'date of administration', {
    notAfter: context.receivedOn,
    notBefore: context.birthDate,
  });
}

function readAmount(reader: SegmentReader): number | 'unknown' | undefined {
  if (reader.text(6) === '') {
    reader.report('E', 'field-missing', 6, 'The amount is missing; 999 means unknown.');
    return undefined;
  }
  const sent = reader.formed(6, DECIMAL, 'amount');
  if (sent === undefined) return undefined;
  return Number(sent) === Number(UNKNOWN_AMOUNT) ? 'unknown' : Number(sent);
}

/** RXA-9 repeats: a coded source, and notes. */
function readSource(reader: SegmentReader): Coded | undefined {
  const sent = reader.repetitions(9);
  if (sent.length === 0) return undefined;
  for (const { repetition } of sent) {
    const coded = codesOf(repetition).find(({ code }) => INFORMATION_SOURCE.test(code));
    if (coded) return coded;
  }
  reader.report('E', 'invalid-value', 9, 'The source of the information has a wrong form; it was not taken.');
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

function readRoute(segment: Hl7Segment, problems: Hl7Problem[]): AdministrationRoute | undefined {
  const reader = new SegmentReader(segment, problems);
  const route = codesField(reader, 1, 'route');
  const site = codesField(reader, 2, 'site');
  if (route.length > 0) return Object.freeze({ route, site });
  reader.report('E', 'field-missing', 1, 'The route is missing; route and site were not taken.');
  return undefined;
}

function codesField(reader: SegmentReader, field: number, name: string): readonly Coded[] {
  // Reports a value without a code.
  codedField(reader, field, name);
  const sent = reader.first(field);
  return sent ? codesOf(sent.repetition) : Object.freeze([]);
}
