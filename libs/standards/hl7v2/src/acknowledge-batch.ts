import { type AcknowledgmentEnvelope, acknowledgmentText, echo, MAX_HD_LENGTH } from './acknowledge.js';
import { STANDARD_DELIMITERS, STANDARD_ENCODING_CHARACTERS } from './delimiters.js';
import { escapeText } from './escape-sequences.js';
import { toHl7Timestamp } from './hl7-date.js';
import type { Hl7Problem } from './problem.js';
import type { Hl7Batch } from './read-batch.js';
import { MAX_CONTROL_ID_LENGTH } from './read-header.js';
import type { Hl7Segment } from './segment.js';

/** Sentences of BTS-2; there are fewer kinds of defects than that. */
const MAX_COMMENTS = 10;

/**
 * Writes the answer to what was read by `readBatch`: FHS and BHS, the acknowledgments in the order of their messages,
 * BTS with their count, FTS. A file of several batches is answered by one batch. To a single message its own
 * acknowledgment is the answer; to a batch that cannot be processed, one ACK with `AR`.
 *
 * FHS-12 and BHS-12 refer to the file's and the batch's own ids (FHS-11, BHS-11). Defects of the envelope stand in
 * BTS-2, in fixed sentences. A pure function of its arguments.
 *
 * @param acknowledgments what `acknowledge` wrote, one per message
 * @throws RangeError when there are not as many as messages
 */
export function acknowledgeBatch(
  batch: Hl7Batch,
  acknowledgments: readonly string[],
  envelope: AcknowledgmentEnvelope,
): string {
  const { messages, fault } = batch;
  if (fault) {
    const header = batch.envelope.batch ?? batch.envelope.file;
    const reading = { acknowledgmentCode: 'AR', problems: [fault] } as const;
    return acknowledgmentText({ header, controlIdField: 11 }, reading, envelope);
  }
  if (acknowledgments.length !== messages.length) {
    throw new RangeError('A batch is answered by one acknowledgment for each of its messages.');
  }
  if (batch.kind === 'single') return acknowledgments.join('');
  const { file = batch.envelope.batch, batch: header = file } = batch.envelope;
  const comment = commentOn(batch.problems);
  return [
    `${headerText('FHS', file, envelope)}\r`,
    `${headerText('BHS', header, envelope)}\r`,
    ...acknowledgments,
    `BTS|${messages.length}${comment === '' ? '' : `|${comment}`}\r`,
    'FTS|1\r',
  ].join('');
}

/** FHS and BHS have the same fields. */
function headerText(
  name: 'FHS' | 'BHS',
  header: Hl7Segment | undefined,
  { controlId, sentAt }: AcknowledgmentEnvelope,
): string {
  const fields = [
    name,
    STANDARD_ENCODING_CHARACTERS,
    echo(header, 5, MAX_HD_LENGTH),
    echo(header, 6, MAX_HD_LENGTH),
    echo(header, 3, MAX_HD_LENGTH),
    echo(header, 4, MAX_HD_LENGTH),
    toHl7Timestamp(sentAt),
    '',
    '',
    '',
    escapeText(controlId),
    echo(header, 11, MAX_CONTROL_ID_LENGTH),
  ];
  return fields.join(STANDARD_DELIMITERS.field).replace(/\|+$/, '');
}

/** One sentence per kind of defect. */
function commentOn(problems: readonly Hl7Problem[]): string {
  const sentences = [...new Set(problems.map(({ message }) => message))];
  return escapeText(sentences.slice(0, MAX_COMMENTS).join(' '));
}
