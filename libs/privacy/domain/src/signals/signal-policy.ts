import type { StoppedMessage } from '../setting/privacy-setting.js';

/** Policy data of electronic signals (DOMAIN 3.6). */
export interface SignalPolicy {
  readonly version: string;
  /** `YYYY-MM-DD`. */
  readonly effective: string;
  /** When a sender's signals stop for the legal day. */
  readonly brake: {
    /** Of the persons whom the sender's messages of the day are about. */
    readonly percent: number;
    /** Fewer persons than this stop nothing: two of ten are no rate. */
    readonly leastPersons: number;
  };
  /** What each publicity code (HL7 table 0215) stops. A code that is not here says nothing. */
  readonly publicity: Readonly<Record<string, readonly StoppedMessage[]>>;
}

export const SIGNAL_POLICY: SignalPolicy = {
  version: '1',
  effective: '2026-01-01',
  brake: { percent: 2, leastPersons: 5 },
  publicity: {
    '01': ['message'],
    '02': [],
    '03': ['call'],
    '04': ['recall'],
    '05': ['call', 'recall'],
    '06': ['reminder'],
    '07': ['call', 'reminder'],
    // To the provider instead of the person.
    '08': ['message'],
    '09': ['message'],
    '10': ['message'],
    '11': ['message'],
    '12': ['message'],
  },
};
