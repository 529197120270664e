import type { IsoDate } from './hl7-date.js';
import type { VaccineCode } from './vxu.js';

/** `inactive`: in the table, but no longer for new doses. */
export type CodeStatus = 'known' | 'inactive' | 'unknown';

/**
 * CDC's code sets, which change every few weeks and so come from outside. Codes are asked for as sent, without white
 * space; how a table spells them (leading zeros of CVX, hyphens of NDC) is its own business. Pure: the same question
 * has the same answer while a message is read, or its ACK would not be a function of it.
 */
export interface CodeTables {
  /** `on`: the day of the dose, when it could be read. */
  readonly vaccine: (system: VaccineCode['system'], code: string, on?: IsoDate) => CodeStatus;
  /** An MVX code. */
  readonly manufacturer: (mvx: string) => CodeStatus;
  /** Whether the manufacturer makes or made the vaccine; `undefined` where the tables cannot tell. */
  readonly manufacturerMakes?: ((mvx: string, cvx: string) => boolean | undefined) | undefined;
  /** The CVX code that a code stands for; `undefined` when it is not known or stands for several. */
  readonly cvxOf: (system: VaccineCode['system'], code: string) => string | undefined;
}
