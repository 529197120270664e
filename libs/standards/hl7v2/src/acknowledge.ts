import { STANDARD_DELIMITERS, STANDARD_ENCODING_CHARACTERS } from './delimiters.js';
import { escapeText, unescapeText } from './escape-sequences.js';
import { toHl7Timestamp } from './hl7-date.js';
import type { Hl7Message } from './parse-message.js';
import {
  APPLICATION_ERROR_CODES,
  type Hl7Location,
  type Hl7Problem,
  MESSAGE_ERROR_CONDITIONS,
  hl7Problem,
} from './problem.js';
import { MAX_CONTROL_ID_LENGTH } from './read-header.js';
import type { Hl7Segment } from './segment.js';

/** What an acknowledgment says. A `VxuReading` is one. */
export interface AcknowledgedReading {
  readonly acknowledgmentCode: 'AA' | 'AE' | 'AR';
  readonly problems: readonly Hl7Problem[];
}

/** What is the acknowledgment's own. */
export interface AcknowledgmentEnvelope {
  /** MSH-10 of the acknowledgment. */
  readonly controlId: string;
  /** MSH-7: ISO-8601 in UTC, such as `2026-01-31T09:05:00Z`. */
  readonly sentAt: string;
}

/** Longest HD that is echoed: 227 in 2.5.1. What is longer is no name. */
export const MAX_HD_LENGTH = 227;

/** ERR segments of one acknowledgment, but for a last one that says that there is more: no answer grows without bound. */
export const MAX_ERRORS = 200;

/**
 * Writes the ACK^V04^ACK of profile Z23, segments ended by CR, by the guide's delimiters whatever the message's.
 *
 * A pure function of its arguments. MSH-3 to MSH-6 are the message's, swapped; MSA-2 is its MSH-10; there is one ERR
 * per problem in the order given. Of more than {@link MAX_ERRORS} problems the gravest are named, and a last ERR says so.
 * Of a message that could not be parsed what is known is echoed. ERR-7 is empty, and ERR-8 holds the problem's fixed
 * sentence, so that nothing of a person's data comes back.
 *
 * @throws RangeError when `sentAt` is not an instant
 */
export function acknowledge(
  message: Hl7Message,
  reading: AcknowledgedReading,
  envelope: AcknowledgmentEnvelope,
): string {
  return acknowledgmentText({ header: message.header, controlIdField: 10 }, reading, envelope);
}

/** What is answered: a message by its MSH, or a batch by its BHS or FHS, whose fields 3 to 6 are the same. */
export interface Acknowledged {
  readonly header: Hl7Segment | undefined;
  readonly controlIdField: number;
}

/** See {@link acknowledge}. */
export function acknowledgmentText(
  { header, controlIdField }: Acknowledged,
  { acknowledgmentCode, problems }: AcknowledgedReading,
  envelope: AcknowledgmentEnvelope,
): string {
  const msh = [
    'MSH',
    STANDARD_ENCODING_CHARACTERS,
    echo(header, 5, MAX_HD_LENGTH),
    echo(header, 6, MAX_HD_LENGTH),
    echo(header, 3, MAX_HD_LENGTH),
    echo(header, 4, MAX_HD_LENGTH),
    toHl7Timestamp(envelope.sentAt),
    '',
    'ACK^V04^ACK',
    escapeText(envelope.controlId),
    processingIdOf(header),
    '2.5.1',
    '',
    '',
    'NE',
    'NE',
    '',
    '',
    '',
    '',
    'Z23^CDCPHINVS',
  ].join('|');
  let text = `${msh}\rMSA|${acknowledgmentCode}|${echo(header, controlIdField, MAX_CONTROL_ID_LENGTH)}\r`;
  for (const problem of atMost(MAX_ERRORS, problems)) text += `${errorSegment(problem)}\r`;
  return text;
}

/** The gravest problems, in the order given, and then that there are more. */
function atMost(limit: number, problems: readonly Hl7Problem[]): readonly Hl7Problem[] {
  if (problems.length <= limit) return problems;
  const chosen = new Set<Hl7Problem>();
  for (const severity of ['E', 'W', 'I'] as const) {
    for (const problem of problems) {
      if (problem.severity === severity && chosen.size < limit) chosen.add(problem);
    }
  }
  const severity = problems.find((problem) => !chosen.has(problem))?.severity ?? 'I';
  const text = 'More problems were found than are named here.';
  return [
    ...problems.filter((problem) => chosen.has(problem)),
    hl7Problem(severity, 'cannot-process', undefined, text),
  ];
}

/**
 * A header field in the guide's delimiters, structure and all; empty when longer than allowed, so that a defective
 * message cannot make an answer of any length.
 */
export function echo(header: Hl7Segment | undefined, field: number, maxLength: number): string {
  const sent = header?.fields[field]?.trim() ?? '';
  if (!header || sent === '' || sent.length > maxLength) return '';
  // Plain names are the rule.
  if (/^[\w .-]+$/.test(sent)) return sent;
  const { delimiters } = header;
  const standard = STANDARD_DELIMITERS;
  const levels = [
    [delimiters.repetition, standard.repetition],
    [delimiters.component, standard.component],
    [delimiters.subcomponent, standard.subcomponent],
  ] as const;
  const rewrite = (part: string, level: number): string => {
    const separators = levels[level];
    if (!separators) return escapeText(unescapeText(part, delimiters));
    return part
      .split(separators[0])
      .map((piece) => rewrite(piece, level + 1))
      .join(separators[1]);
  };
  return rewrite(sent, 0);
}

function processingIdOf(header: Hl7Segment | undefined): string {
  const sent = header?.id === 'MSH' ? header.value(11).trim() : '';
  return /^[PTD]$/.test(sent) ? sent : 'P';
}

/** Trailing empty fields are left out. */
function errorSegment({ severity, code, applicationCode, location, message }: Hl7Problem): string {
  const place = location ? locationText(location) : '';
  const condition = `${code}^${MESSAGE_ERROR_CONDITIONS[code]}^HL70357`;
  const application = applicationCode
    ? `${applicationCode}^${APPLICATION_ERROR_CODES[applicationCode]}^HL70533`
    : '';
  return `ERR||${place}|${condition}|${severity}|${application}|||${escapeText(message)}`;
}

/** ERL, up to its last known part. An unknown repetition above a known component is the first. */
function locationText({
  segment,
  sequence,
  field,
  repetition,
  component,
  subcomponent,
}: Hl7Location): string {
  const parts: (string | number)[] = [escapeText(segment), sequence];
  if (field !== undefined) parts.push(field);
  if (field !== undefined && (repetition ?? component) !== undefined) parts.push(repetition ?? 1);
  if (field !== undefined && component !== undefined) parts.push(component);
  if (component !== undefined && subcomponent !== undefined) parts.push(subcomponent);
  return parts.join('^');
}
