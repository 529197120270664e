import {
  NAME_TYPE_COMPONENT,
  addressesOf,
  checkType,
  codedField,
  personNameOf,
  telecomsOf,
} from './data-types.js';
import type { Hl7Problem } from './problem.js';
import { SegmentReader } from './segment-reader.js';
import type { Hl7Segment } from './segment.js';
import { GUARDIAN_RELATIONSHIPS, RELATIONSHIP } from './tables/person-tables.js';
import type { VxuNextOfKin } from './vxu.js';

const REQUIRED = { required: true, table: RELATIONSHIP };

/** Reads NK1. Required: NK1-2 and NK1-3; `undefined` when one is missing or bad: the segment is lost. */
export function readNextOfKin(segment: Hl7Segment, problems: Hl7Problem[]): VxuNextOfKin | undefined {
  const reader = new SegmentReader(segment, problems);
  const sentName = reader.first(2);
  const name = sentName && personNameOf(sentName.repetition);
  const relationship = codedField(reader, 3, 'relationship', REQUIRED);
  if (!name) reader.report('E', 'field-missing', 2, 'The name is missing; the next of kin was not taken.');
  if (!name || !relationship) return undefined;
  checkType(reader, 2, sentName.number, name, NAME_TYPE_COMPONENT);
  return Object.freeze({
    name,
    relationship,
    addresses: addressesOf(reader, 4),
    telecoms: telecomsOf(reader, 5),
  });
}

/** Whether a next of kin is a parent, a guardian or a care giver, by NK1-3. */
export function isGuardian({ relationship }: Pick<VxuNextOfKin, 'relationship'>): boolean {
  return GUARDIAN_RELATIONSHIPS.has(relationship.code);
}
