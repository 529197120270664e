import { authorityFrom, authorityOf } from './data-types.js';
import { readHl7Date } from './hl7-date.js';
import type { Hl7Problem } from './problem.js';
import { SegmentReader, optionalText } from './segment-reader.js';
import type { Hl7Segment } from './segment.js';
import type { Identifier, VxuHeader } from './vxu.js';

/** MSH-12 of the messages that are read. All are read by the rules of 2.5.1; see {@link requiresOrc}. */
export const SUPPORTED_VERSIONS = ['2.3.1', '2.4', '2.5', '2.5.1'] as const;

/** Longest MSH-10 of the guide R1.5. */
export const MAX_CONTROL_ID_LENGTH = 199;

export type HeaderReading =
  | { readonly kind: 'header'; readonly header: VxuHeader }
  /** `AR`: not a message for this registry. `AE`: a required field is empty. */
  | { readonly kind: 'rejected'; readonly acknowledgmentCode: 'AE' | 'AR' };

/** Before 2.5 an ORDER group may begin with RXA. */
export function requiresOrc(version: string): boolean {
  return version !== '2.3.1' && version !== '2.4';
}

/**
 * Reads MSH.
 *
 * @param acceptedProcessingIds MSH-11 that this client may send
 */
export function readHeader(
  segment: Hl7Segment,
  problems: Hl7Problem[],
  acceptedProcessingIds: readonly string[],
): HeaderReading {
  const reader = new SegmentReader(segment, problems);
  const isSupported = checkKind(reader, acceptedProcessingIds);
  const controlId = reader.text(10);
  if (controlId === '') {
    reader.report('E', 'field-missing', 10, 'The message control id is missing; the message was not taken.');
  } else if (controlId.length > MAX_CONTROL_ID_LENGTH) {
    reader.report('E', 'invalid-value', 10, 'The message control id is too long; the message was not taken.');
  }
  if (!isSupported) return { kind: 'rejected', acknowledgmentCode: 'AR' };
  if (controlId === '' || controlId.length > MAX_CONTROL_ID_LENGTH) {
    return { kind: 'rejected', acknowledgmentCode: 'AE' };
  }
  const header: VxuHeader = Object.freeze({
    sendingApplication: hd(reader, 3),
    sendingFacility: hd(reader, 4),
    receivingApplication: hd(reader, 5),
    receivingFacility: hd(reader, 6),
    sentAt: sentAt(reader),
    controlId,
    processingId: reader.text(11),
    version: reader.text(12),
    profiles: Object.freeze(reader.repetitions(21).map(({ repetition }) => repetition.value(1).trim())),
    responsibleOrganization: responsibleOrganization(reader),
  });
  if (header.version === '2.5.1' && !header.profiles.includes('Z22')) {
    const kind = header.profiles.length === 0 ? 'field-missing' : 'invalid-value';
    reader.report('I', kind, 21, 'The profile is not Z22; the message was read as Z22.');
  }
  return { kind: 'header', header };
}

/** MSH-9, 11 and 12 decide whether the message is for this registry at all. */
function checkKind(reader: SegmentReader, acceptedProcessingIds: readonly string[]): boolean {
  const before = reader.problems.length;
  if (reader.text(9) === '') {
    reader.report('E', 'field-missing', 9, 'The message type is missing; the message was not taken.');
  } else if (reader.text(9) !== 'VXU') {
    reader.report('E', 'unsupported-type', 9, 'This message type is not supported.', at(1));
  } else if (reader.text(9, 2) !== 'V04') {
    reader.report('E', 'unsupported-event', 9, 'This event is not supported.', at(2));
  }
  if (reader.text(11) === '') {
    reader.report('E', 'field-missing', 11, 'The processing id is missing; the message was not taken.');
  } else if (!acceptedProcessingIds.includes(reader.text(11))) {
    reader.report('E', 'unsupported-processing-id', 11, 'This processing id is not accepted here.', at(1));
  }
  if (reader.text(12) === '') {
    reader.report('E', 'field-missing', 12, 'The version is missing; the message was not taken.');
  } else if (!(SUPPORTED_VERSIONS as readonly string[]).includes(reader.text(12))) {
    reader.report('E', 'unsupported-version', 12, 'This version of HL7 is not supported.', at(1));
  }
  return reader.problems.length === before;
}

function at(component: number): { readonly repetition: 1; readonly component: number } {
  return { repetition: 1, component };
}

/** Nothing is taken from MSH-7, so a bad one loses nothing. */
function sentAt(reader: SegmentReader): string | undefined {
  const sent = reader.text(7);
  if (readHl7Date(sent).kind === 'date') return sent;
  const kind = sent === '' ? 'field-missing' : 'invalid-date';
  reader.report('W', kind, 7, 'The date and time of the message is missing or not valid.');
  return undefined;
}

function hd(reader: SegmentReader, field: number): ReturnType<typeof authorityFrom> {
  const sent = reader.first(field);
  return sent && authorityFrom(sent.repetition, 1);
}

/** MSH-22 is an XON: senders put the organization's id in its first or its tenth component. */
function responsibleOrganization(reader: SegmentReader): Identifier | undefined {
  const sent = reader.first(22);
  if (!sent) return undefined;
  const value = optionalText(sent.repetition, 10) ?? optionalText(sent.repetition, 1);
  if (value === undefined) return undefined;
  return Object.freeze({
    value,
    authority: authorityOf(sent.repetition, 6),
    type: optionalText(sent.repetition, 7),
  });
}
