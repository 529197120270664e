import {
  acknowledge,
  parseMessage,
  readVxu,
  type AcknowledgmentEnvelope,
  type Hl7Problem,
  type Vxu,
  type VxuReading,
} from '@registry/hl7v2';
import { legalDayOf } from '@registry/legal-day';
import { written, type WrittenContent } from '../intake/written-content.js';
import { contentFacts, type ContentFacts } from '../quality/content-facts.js';
import { codeTables } from './code-tables.js';
import { contentOf } from './vxu-content.js';

/** A message as it came, and whatever its reading goes by. */
export interface MessageToRead {
  readonly text: string;
  /** What was wrong with its characters. */
  readonly decoding: readonly Hl7Problem[];
  readonly sender: { readonly organizationId: string; readonly processingIds: readonly string[] };
  readonly envelope: AcknowledgmentEnvelope;
}

/** What a message says, in the registry's terms. */
export interface ReadMessage {
  readonly outcome: VxuReading['outcome'];
  /** To be sent once the submission, if there is one, is durable. */
  readonly acknowledgment: string;
  /** Place, code and severity of each; never which occurrence. */
  readonly problems: readonly string[];
  /** None of a message that is rejected. */
  readonly submission?: {
    /** MSH-4 and MSH-10. */
    readonly facility: string;
    readonly controlId: string;
    readonly content: WrittenContent;
    readonly facts: ContentFacts;
  };
}

/** Reads and validates a VXU. But for the acknowledgment's own id and time a pure function of the message and its sender (DOMAIN 6). */
export const readMessage = ({ text, decoding, sender, envelope }: MessageToRead): ReadMessage => {
  const message = parseMessage(text, undefined, decoding);
  const receivedOn = legalDayOf(envelope.sentAt);
  const reading = readVxu(message, {
    receivedOn,
    acceptedProcessingIds: sender.processingIds,
    codes: codeTables,
  });
  return {
    outcome: reading.outcome,
    acknowledgment: acknowledge(message, reading, envelope),
    problems: reading.problems.map(kindOf),
    ...(reading.outcome === 'rejected'
      ? {}
      : { submission: submissionOf(reading.vxu, text, sender.organizationId, receivedOn) }),
  };
};

const submissionOf = (
  vxu: Vxu,
  raw: string,
  organizationId: string,
  receivedOn: string,
): NonNullable<ReadMessage['submission']> => {
  const content = contentOf(vxu, raw, organizationId);
  const { sendingFacility, controlId } = vxu.header;
  return {
    facility: sendingFacility?.namespace ?? sendingFacility?.universalId ?? '',
    controlId,
    content: written(content),
    facts: contentFacts(content, receivedOn),
  };
};

const kindOf = ({ location, code, severity }: Hl7Problem): string => {
  const place =
    location === undefined
      ? 'message'
      : `${location.segment}${location.field === undefined ? '' : `-${location.field}`}`;
  return `${place} ${code} ${severity}`;
};
