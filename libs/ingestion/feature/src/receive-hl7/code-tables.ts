import type { CodeTables } from '@registry/hl7v2';
import {
  cvxOf,
  manufacturerMakes,
  manufacturerStatus,
  vaccineStatus,
  type CodeStatus,
} from '@registry/vaccine-codes';

/** What a code's status means for a message that was sent today: doses given abroad are reported, too. */
const STATUS: Readonly<Record<CodeStatus, ReturnType<CodeTables['vaccine']>>> = {
  active: 'known',
  'non-us': 'known',
  inactive: 'inactive',
  'never-active': 'inactive',
  unknown: 'unknown',
};

/** CDC's code sets, as HL7 messages are checked against them. */
export const codeTables: CodeTables = {
  vaccine: (system, code, on) => STATUS[vaccineStatus(system, code, on)],
  manufacturer: (mvx) => STATUS[manufacturerStatus(mvx)],
  manufacturerMakes,
  cvxOf,
};
