/** A calendar date, `YYYY-MM-DD`. Compares as text. */
export type IsoDate = string;

export type DateReading =
  | { readonly kind: 'date'; readonly date: IsoDate }
  /** Year, or year and month, only. */
  | { readonly kind: 'partial' }
  | { readonly kind: 'invalid' };

const INVALID: DateReading = Object.freeze({ kind: 'invalid' });
const PARTIAL: DateReading = Object.freeze({ kind: 'partial' });

/** Hours, minutes, seconds, fraction, offset. Senders write offsets with three digits, too. */
const TIME = /^(?:\d{2}(?:\d{2}(?:\d{2}(?:\.\d{1,4})?)?)?)?(?:[+-]\d{3,4})?$/;
const DAYS_OF_MONTH = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] as const;

/**
 * Reads the date of an HL7 DT, DTM or TS value: `YYYYMMDD`, with or without a time of day. The time is checked for
 * form and dropped: the registry keeps dates of service, in the sender's zone.
 */
export function readHl7Date(sent: string): DateReading {
  if (/^\d{4}(?:\d{2})?$/.test(sent)) return PARTIAL;
  if (!/^\d{8}/.test(sent) || !TIME.test(sent.slice(8))) return INVALID;
  const year = sent.slice(0, 4);
  const month = sent.slice(4, 6);
  const day = sent.slice(6, 8);
  if (!isCalendarDay(Number(year), Number(month), Number(day))) return INVALID;
  return { kind: 'date', date: `${year}-${month}-${day}` };
}

function isCalendarDay(year: number, month: number, day: number): boolean {
  const days = DAYS_OF_MONTH[month - 1];
  if (days === undefined || year < 1 || day < 1) return false;
  const isLeapYear = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  return day <= (month === 2 && isLeapYear ? 29 : days);
}

/**
 * Writes an instant as HL7 TS with its offset.
 *
 * @param instant ISO-8601 in UTC, such as `2026-01-31T09:05:00Z`; a fraction of a second is dropped
 * @throws RangeError when it is not
 */
export function toHl7Timestamp(instant: string): string {
  const match = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})(?:\.\d+)?Z$/.exec(instant);
  if (!match) throw new RangeError('An instant must be ISO-8601 in UTC.');
  return `${match.slice(1).join('')}+0000`;
}
