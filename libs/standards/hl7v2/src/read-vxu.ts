import type { CodeTables } from './code-tables.js';
import type { IsoDate } from './hl7-date.js';
import type { Hl7Message } from './parse-message.js';
import { inOrderOfMessage } from './problem-order.js';
import { type Hl7Problem, hl7Problem } from './problem.js';
import { readHeader, requiresOrc } from './read-header.js';
import { readNextOfKin } from './read-next-of-kin.js';
import { readOrder } from './read-order.js';
import { readPatient } from './read-patient.js';
import { type VxuSegments, sortSegments } from './sort-segments.js';
import type { Vxu, VxuNextOfKin, VxuOrder } from './vxu.js';

/** What a message is read against. Nothing stored: the same message and context give the same reading. */
export interface VxuContext {
  /** The day of receipt where the registry is; dates of birth, service and death after it are bad values. */
  readonly receivedOn: IsoDate;
  /** MSH-11 that this client may send; default `['P']`. */
  readonly acceptedProcessingIds?: readonly string[];
  /** CDC's code sets. Without them codes are checked for their form only. */
  readonly codes?: CodeTables | undefined;
  readonly limits?: Partial<VxuLimits> | undefined;
}

/** Bounds on what one message may say. What is beyond is not taken, which is one problem. */
export interface VxuLimits {
  /** ORDER groups; default 500. */
  readonly maxOrders: number;
  /** OBX of one ORDER group; default 100. */
  readonly maxObservations: number;
}

export const DEFAULT_VXU_LIMITS: VxuLimits = Object.freeze({ maxOrders: 500, maxObservations: 100 });

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
 * 2.5. Never throws. Problems come in the order of the message: see {@link inOrderOfMessage}.
 *
 * Required are the fields that a record cannot be without: MSH-9 to MSH-12, PID-3, PID-5, PID-7, NK1-2, NK1-3, ORC-3,
 * RXA-3, RXA-5, RXA-6, RXR-1, OBX-3, OBX-5. Constants of the guide from which nothing is taken (ORC-1, RXA-1, RXA-2,
 * MSH-15, MSH-16) lose nothing when they are wrong.
 */
export function readVxu(message: Hl7Message, context: VxuContext): VxuReading {
  const found: Hl7Problem[] = [...message.problems];
  const { header: msh, fault, segments } = message;
  const rejected = (acknowledgmentCode: 'AE' | 'AR'): VxuReading => {
    const problems = Object.freeze(inOrderOfMessage(found, segments));
    return Object.freeze({ outcome: 'rejected', acknowledgmentCode, problems });
  };
  if (fault || !msh) {
    if (fault) found.push(fault);
    return rejected('AR');
  }
  const reading = readHeader(msh, found, context.acceptedProcessingIds ?? ['P']);
  if (reading.kind === 'rejected') return rejected(reading.acknowledgmentCode);
  const { header } = reading;
  const secondHeader = segments.find(({ id, sequence }) => id === 'MSH' && sequence > 1);
  if (secondHeader) {
    const { id: segment, sequence } = secondHeader;
    const text = 'More than one message was sent as one; none was taken.';
    found.push(hl7Problem('E', 'segment-sequence', { segment, sequence }, text));
    return rejected('AR');
  }

  const { maxOrders, maxObservations } = context.limits
    ? { ...DEFAULT_VXU_LIMITS, ...context.limits }
    : DEFAULT_VXU_LIMITS;
  const body = sortSegments(segments, found, maxOrders);
  const pid = body.patients[0];
  const patient = pid && readPatient(pid, body.pd1, found, context.receivedOn);
  const nextOfKin: VxuNextOfKin[] = [];
  for (const segment of body.nextOfKin) {
    const person = readNextOfKin(segment, found);
    if (person) nextOfKin.push(person);
  }
  const orders: VxuOrder[] = [];
  const orderContext = {
    receivedOn: context.receivedOn,
    birthDate: patient?.birthDate,
    deathDate: patient?.deathDate,
    requiresOrc: requiresOrc(header.version),
    codes: context.codes,
    maxObservations,
  };
  for (const group of body.orders) {
    const order = readOrder(group, found, orderContext);
    if (order) orders.push(order);
  }

  if (!patient || body.patients.length > 1 || body.joinedPatient) {
    found.push(patientProblem(body));
    return rejected('AE');
  }
  const vxu: Vxu = Object.freeze({
    header,
    patient,
    nextOfKin: Object.freeze(nextOfKin),
    orders: Object.freeze(orders),
  });
  const problems = Object.freeze(inOrderOfMessage(found, segments));
  return problems.some(({ severity }) => severity === 'E')
    ? Object.freeze({ outcome: 'accepted-with-errors', acknowledgmentCode: 'AE', vxu, problems })
    : Object.freeze({ outcome: 'accepted', acknowledgmentCode: 'AA', vxu, problems });
}

function patientProblem({ patients, joinedPatient }: VxuSegments): Hl7Problem {
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
