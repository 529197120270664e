import type { IsoDate } from './hl7-date.js';
import type { Hl7Message } from './parse-message.js';
import { type Hl7Problem, hl7Problem } from './problem.js';
import { readHeader, requiresOrc } from './read-header.js';
import { type OrderGroup, readOrder } from './read-order.js';
import { readNextOfKin, readPatient } from './read-patient.js';
import type { Hl7Segment } from './segment.js';
import type { Vxu, VxuNextOfKin, VxuOrder } from './vxu.js';

/** What a message is read against. Nothing stored: the same message and context give the same reading. */
export interface VxuContext {
  /** The day of receipt where the registry is; dates of birth, service and death after it are bad values. */
  readonly receivedOn: IsoDate;
  /** MSH-11 that this client may send; default `['P']`. */
  readonly acceptedProcessingIds?: readonly string[];
}

/**
 * What became of a message.
 *
 * - `accepted`: all taken; problems are of severity `W` or `I`.
 * - `accepted-with-errors`: something was lost; each loss has a problem of severity `E`.
 * - `rejected`: nothing is taken. `AR` when type, event, version or processing id is unsupported or the message
 *   cannot be processed; `AE` when a required part of its content is missing or bad.
 */
export type VxuReading =
  | {
      readonly outcome: 'accepted';
      readonly acknowledgmentCode: 'AA';
      readonly vxu: Vxu;
      readonly problems: readonly Hl7Problem[];
    }
  | {
      readonly outcome: 'accepted-with-errors';
      readonly acknowledgmentCode: 'AE';
      readonly vxu: Vxu;
      readonly problems: readonly Hl7Problem[];
    }
  | {
      readonly outcome: 'rejected';
      readonly acknowledgmentCode: 'AE' | 'AR';
      readonly vxu?: undefined;
      readonly problems: readonly Hl7Problem[];
    };

/**
 * Reads one VXU^V04 by the rules of the CDC guide for 2.5.1, release 1.5: a bad value empties its field; an empty
 * required field empties its segment; an empty required segment drops its ORDER group only, and outside a group
 * rejects the message. Messages of 2.3.1, 2.4 and 2.5 are read by the same rules, except that ORC is optional before
 * 2.5. Never throws. Problems come in the order of reading: encoding, MSH, structure, PID, PD1, NK1, then order by order.
 *
 * Required are the fields that a record cannot be without: MSH-9 to MSH-12, PID-3, PID-5, PID-7, NK1-2, NK1-3, ORC-3,
 * RXA-3, RXA-5, RXA-6, RXR-1, OBX-3, OBX-5. Constants of the guide from which nothing is taken (ORC-1, RXA-1, RXA-2,
 * MSH-15, MSH-16) lose nothing when they are wrong.
 */
export function readVxu(message: Hl7Message, context: VxuContext): VxuReading {
  const problems: Hl7Problem[] = [...message.problems];
  const { header: msh, fault } = message;
  if (fault || !msh) {
    if (fault) problems.push(fault);
    return rejected('AR', problems);
  }
  const reading = readHeader(msh, problems, context.acceptedProcessingIds ?? ['P']);
  if (reading.kind === 'rejected') return rejected(reading.acknowledgmentCode, problems);
  const { header } = reading;
  const secondHeader = message.segments.find(({ id, sequence }) => id === 'MSH' && sequence > 1);
  if (secondHeader) {
    const { id: segment, sequence } = secondHeader;
    const text = 'More than one message was sent as one; none was taken.';
    problems.push(hl7Problem('E', 'segment-sequence', { segment, sequence }, text));
    return rejected('AR', problems);
  }

  const body = sortSegments(message.segments, problems);
  const pid = body.patients[0];
  const patient = pid && readPatient(pid, body.pd1, problems, context.receivedOn);
  const nextOfKin: VxuNextOfKin[] = [];
  for (const segment of body.nextOfKin) {
    const person = readNextOfKin(segment, problems);
    if (person) nextOfKin.push(person);
  }
  const orders: VxuOrder[] = [];
  const orderContext = {
    receivedOn: context.receivedOn,
    birthDate: patient?.birthDate,
    requiresOrc: requiresOrc(header.version),
  };
  for (const group of body.orders) {
    const order = readOrder(group, problems, orderContext);
    if (order) orders.push(order);
  }

  if (!patient || body.patients.length > 1 || body.joinedPatient) {
    problems.push(patientProblem(body));
    return rejected('AE', problems);
  }
  const vxu: Vxu = Object.freeze({
    header,
    patient,
    nextOfKin: Object.freeze(nextOfKin),
    orders: Object.freeze(orders),
  });
  Object.freeze(problems);
  return problems.some(({ severity }) => severity === 'E')
    ? Object.freeze({ outcome: 'accepted-with-errors', acknowledgmentCode: 'AE', vxu, problems })
    : Object.freeze({ outcome: 'accepted', acknowledgmentCode: 'AA', vxu, problems });
}

function rejected(acknowledgmentCode: 'AE' | 'AR', problems: readonly Hl7Problem[]): VxuReading {
  return Object.freeze({ outcome: 'rejected', acknowledgmentCode, problems: Object.freeze(problems) });
}

function patientProblem({ patients, joinedPatient }: Body): Hl7Problem {
  const [first, second] = patients;
  if (!first) {
    const missing = { segment: 'PID', sequence: 1 };
    return hl7Problem('E', 'segment-missing', missing, 'PID is missing; the message was not taken.');
  }
  const { id: segment, sequence } = second ?? joinedPatient ?? first;
  // Doses behind a second PID are another person's: better none than a stranger's.
  return second || joinedPatient
    ? hl7Problem(
        'E',
        'segment-sequence',
        { segment, sequence },
        'The message has more than one PID; it was not taken.',
      )
    : hl7Problem(
        'E',
        'data-ignored',
        { segment, sequence },
        'PID lacks a required field; the message was not taken.',
      );
}

interface Body {
  readonly patients: Hl7Segment[];
  /** A segment within which another PID, or a whole other message, begins. */
  joinedPatient?: Hl7Segment | undefined;
  pd1?: Hl7Segment | undefined;
  readonly nextOfKin: Hl7Segment[];
  readonly orders: OrderGroup[];
}

/** The segments that the guide uses; all others are ignored, as HL7 asks of receivers. */
function sortSegments(segments: readonly Hl7Segment[], problems: Hl7Problem[]): Body {
  const body: Body = { patients: [], nextOfKin: [], orders: [] };
  let order: OrderGroup | undefined;
  for (const segment of segments) {
    switch (segment.id) {
      case 'PID':
        body.patients.push(segment);
        break;
      case 'PD1':
        if (body.pd1) misplaced(segment, problems);
        else body.pd1 = segment;
        break;
      case 'NK1':
        body.nextOfKin.push(segment);
        break;
      case 'ORC':
        order = { orc: segment, observations: [] };
        body.orders.push(order);
        break;
      case 'RXA':
        if (order && !order.rxa) order.rxa = segment;
        else body.orders.push((order = { rxa: segment, observations: [] }));
        break;
      case 'RXR':
        if (order && !order.rxr) order.rxr = segment;
        else misplaced(segment, problems);
        break;
      case 'OBX':
        if (order) order.observations.push(segment);
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
    const name = sent.slice(-3);
    if (!VXU_SEGMENTS.has(name) || (sent.length > 3 && sent.charAt(sent.length - 4).trim() !== '')) continue;
    const { id, sequence } = segment;
    const text = 'Another segment begins within this one; it was not read.';
    problems.push(hl7Problem('E', 'segment-ignored', { segment: id, sequence, field }, text));
    return name;
  }
  return undefined;
}
