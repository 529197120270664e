import { type Hl7Problem, hl7Problem } from './problem.js';
import type { Hl7Segment } from './segment.js';

/** The segments of one ORDER group. */
export interface OrderGroup {
  readonly orc: Hl7Segment | undefined;
  rxa: Hl7Segment | undefined;
  rxr: Hl7Segment | undefined;
  readonly observations: Hl7Segment[];
  /** RXR and OBX before any RXA: they mean nothing where they stand, unless the whole group is lost anyway. */
  readonly early: Hl7Segment[];
}

/** The segments of a VXU by what they are. */
export interface VxuSegments {
  readonly patients: Hl7Segment[];
  /** A segment within which another PID, or a whole other message, begins. */
  joinedPatient?: Hl7Segment | undefined;
  pd1?: Hl7Segment | undefined;
  readonly nextOfKin: Hl7Segment[];
  readonly orders: OrderGroup[];
}

/**
 * Sorts the segments that the guide uses; all others, Z-segments too, are passed over, as HL7 asks of receivers. What
 * stands out of order is reported and not read: PD1 and NK1 before PID or behind an order, PID behind an order, RXR and
 * OBX without an RXA before them.
 *
 * @param maxOrders ORDER groups that are read; the first of those beyond is reported
 */
export function sortSegments(
  segments: readonly Hl7Segment[],
  problems: Hl7Problem[],
  maxOrders: number,
): VxuSegments {
  const body: VxuSegments = {
    patients: [],
    joinedPatient: undefined,
    pd1: undefined,
    nextOfKin: [],
    orders: [],
  };
  // Without any PID all is lost anyway, and that is one problem.
  const beforePatient: Hl7Segment[] = [];
  let order: OrderGroup | undefined;
  let inOrders = false;
  let orders = 0;
  const begin = (segment: Hl7Segment, orc?: Hl7Segment, rxa?: Hl7Segment): OrderGroup => {
    const group: OrderGroup = { orc, rxa, rxr: undefined, observations: [], early: [] };
    inOrders = true;
    orders += 1;
    if (orders <= maxOrders) body.orders.push(group);
    else if (orders === maxOrders + 1) tooMany(segment, problems);
    return group;
  };
  for (const segment of segments) {
    switch (segment.id) {
      case 'PID':
        // A second one is a defect of the whole wherever it stands.
        if (inOrders && body.patients.length === 0) misplaced(segment, problems);
        else body.patients.push(segment);
        for (const early of beforePatient.splice(0)) misplaced(early, problems);
        break;
      case 'PD1':
        if (body.patients.length === 0) beforePatient.push(segment);
        else if (body.pd1 || inOrders) misplaced(segment, problems);
        else body.pd1 = segment;
        break;
      case 'NK1':
        if (body.patients.length === 0) beforePatient.push(segment);
        else if (inOrders) misplaced(segment, problems);
        else body.nextOfKin.push(segment);
        break;
      case 'ORC':
        order = begin(segment, segment);
        break;
      case 'RXA':
        if (!order || order.rxa) order = begin(segment, undefined, segment);
        else order.rxa = segment;
        for (const early of order.early) misplaced(early, problems);
        break;
      case 'RXR':
        if (order && !order.rxa) order.early.push(segment);
        else if (order && !order.rxr) order.rxr = segment;
        else misplaced(segment, problems);
        break;
      case 'OBX':
        if (order && !order.rxa) order.early.push(segment);
        else if (order) order.observations.push(segment);
        else misplaced(segment, problems);
        break;
      default:
        continue;
    }
    switch (reportJoinedSegment(segment, problems)) {
      case undefined:
        break;
      case 'MSH':
      case 'PID':
        body.joinedPatient ??= segment;
        break;
      case 'ORC':
      case 'RXA':
        // What follows belongs to the order that was lost, not to the one before it.
        order = undefined;
        break;
      default:
        break;
    }
  }
  return body;
}

function misplaced({ id: segment, sequence }: Hl7Segment, problems: Hl7Problem[]): void {
  const text = 'The segment stands where it means nothing; it was not read.';
  problems.push(hl7Problem('E', 'segment-ignored', { segment, sequence }, text));
}

function tooMany({ id: segment, sequence }: Hl7Segment, problems: Hl7Problem[]): void {
  const text = 'The message has too many orders; this one and those behind it were not taken.';
  problems.push(hl7Problem('E', 'data-ignored', { segment, sequence }, text));
}

const VXU_SEGMENTS = new Set(['MSH', 'PID', 'PD1', 'NK1', 'PV1', 'ORC', 'RXA', 'RXR', 'OBX', 'NTE']);

/**
 * The name of a segment at the end of a field that is not the last: a segment terminator was lost before it. Without
 * this a dose that shares a line with another segment would be lost without a word.
 *
 * @returns the name of the segment within
 */
function reportJoinedSegment(segment: Hl7Segment, problems: Hl7Problem[]): string | undefined {
  const { fields } = segment;
  for (let field = 1; field < fields.length - 1; field += 1) {
    const sent = fields[field];
    if (sent === undefined || sent.length < 3) continue;
    // Nearly every field ends here: what stands before a name, if anything, is white space.
    if (sent.length > 3 && sent.charCodeAt(sent.length - 4) > 0x20) continue;
    const name = sent.slice(-3);
    if (!VXU_SEGMENTS.has(name)) continue;
    const { id, sequence } = segment;
    const text = 'Another segment begins within this one; it was not read.';
    problems.push(hl7Problem('E', 'segment-ignored', { segment: id, sequence, field }, text));
    return name;
  }
  return undefined;
}
