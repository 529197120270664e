import { checkAdministration, checkFunding } from './check-administration.js';
import type { CodeTables } from './code-tables.js';
import { orderNumberOf, providerOf } from './data-types.js';
import type { IsoDate } from './hl7-date.js';
import { type Hl7Problem, hl7Problem } from './problem.js';
import { readAdministration } from './read-administration.js';
import { readObservation } from './read-observation.js';
import { readRoute } from './read-route.js';
import { type DateBounds, SegmentReader } from './segment-reader.js';
import type { Hl7Segment } from './segment.js';
import type { OrderGroup } from './sort-segments.js';
import type { OrderNumber, Provider, VxuObservation, VxuOrder } from './vxu.js';

/** What an order is checked against. */
export interface OrderContext {
  readonly receivedOn: IsoDate;
  readonly birthDate: IsoDate | undefined;
  readonly deathDate: IsoDate | undefined;
  /** ORC and ORC-3 are required. */
  readonly requiresOrc: boolean;
  readonly codes: CodeTables | undefined;
  /** OBX that are read of one order. */
  readonly maxObservations: number;
}

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
  const observations = readObservations(group.observations, problems, context);
  if (!common || !administration) {
    reader.report('E', 'data-ignored', undefined, 'The order was not taken.');
    return undefined;
  }
  checkAdministration(reader, administration, context.codes);
  checkFunding(reader, administration, group.observations);
  // Field by field: thousands of times a second, spreading takes as long as reading.
  return Object.freeze({
    sequence: administration.sequence,
    placerOrderNumber: common.placerOrderNumber,
    fillerOrderNumber: common.fillerOrderNumber,
    orderedBy: common.orderedBy,
    administeredOn: administration.administeredOn,
    vaccineCodes: administration.vaccineCodes,
    amount: administration.amount,
    unit: administration.unit,
    source: administration.source,
    administeredBy: administration.administeredBy,
    administeredAt: administration.administeredAt,
    lotNumbers: administration.lotNumbers,
    lotExpiresOn: administration.lotExpiresOn,
    manufacturer: administration.manufacturer,
    refusalReasons: administration.refusalReasons,
    completion: administration.completion,
    action: administration.action,
    route,
    observations,
  });
}

function readObservations(
  segments: readonly Hl7Segment[],
  problems: Hl7Problem[],
  { receivedOn, birthDate, codes, maxObservations }: OrderContext,
): readonly VxuObservation[] {
  const bounds: DateBounds = { notAfter: receivedOn, notBefore: birthDate };
  const observations: VxuObservation[] = [];
  for (const [index, segment] of segments.entries()) {
    if (index === maxObservations) {
      const { id, sequence } = segment;
      const text = 'The order has too many observations; this one and those behind it were not taken.';
      problems.push(hl7Problem('E', 'data-ignored', { segment: id, sequence }, text));
      break;
    }
    const observation = readObservation(segment, problems, bounds, codes);
    if (observation) observations.push(observation);
  }
  return Object.freeze(observations);
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
