import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { acknowledge } from './acknowledge.js';
import type { CodeTables } from './code-tables.js';
import { decodeMessage } from './decode-message.js';
import { type Hl7Message, parseMessage } from './parse-message.js';
import { readBatch } from './read-batch.js';
import { type VxuReading, readVxu } from './read-vxu.js';

const REPOSITORY = resolve(__dirname, '../../../..');
const FOLDER = join(resolve(REPOSITORY, process.env['SHARED_DATA'] ?? '../shared/data'), 'hl7');

/** Folders of requests, and of published answers. */
export const REQUESTS = ['vxu', 'qbp', 'other'] as const;
export const ANSWERS = ['ack', 'rsp'] as const;

/** Whether the public messages are at hand; says so if they are not. */
export function realMessagesAreThere(): boolean {
  const areThere = [...REQUESTS, ...ANSWERS].every((kind) => existsSync(join(FOLDER, kind)));
  if (!areThere)
    process.stderr.write(
      `\nSKIPPED: no messages in ${FOLDER}; set SHARED_DATA to the folder that has hl7/.\n`,
    );
  return areThere;
}

/** Names without their ending, in order. */
export function filesOf(kind: string): string[] {
  return readdirSync(join(FOLDER, kind))
    .sort()
    .map((file) => file.replace(/\.hl7$/, ''));
}

export function bytesOf(file: string): Uint8Array {
  const [kind = ''] = file.split('-');
  return readFileSync(join(FOLDER, kind, `${file}.hl7`));
}

export interface Answered {
  readonly text: string;
  readonly message: Hl7Message;
  readonly reading: VxuReading;
  readonly answer: string;
}

/** CDC's code sets, as far as the messages of the set contradict them. */
const CODES: CodeTables = {
  vaccine: (system, code) => (system === 'CVX' && code === '806' ? 'unknown' : 'known'),
  manufacturer: () => 'known',
  // MedImmune makes no injected influenza vaccine.
  manufacturerMakes: (mvx, cvx) => (mvx === 'MED' && cvx === '161' ? false : undefined),
  // NDC 58160-0821-11 is Engerix-B, CVX 08, which its message calls an unspecified hepatitis B vaccine (45).
  cvxOf: (system, code) => (system === 'CVX' ? code : code.startsWith('58160-082') ? '08' : undefined),
};

export function answerTo(bytes: Uint8Array, acceptedProcessingIds: readonly string[] = ['P']): Answered {
  const { text, problems } = decodeMessage(bytes);
  const [first = ''] = readBatch(text).messages;
  const message = parseMessage(first, undefined, problems);
  const reading = readVxu(message, { receivedOn: '2026-01-15', acceptedProcessingIds, codes: CODES });
  const answer = acknowledge(message, reading, { controlId: 'ACK-1', sentAt: '2026-01-15T08:00:00Z' });
  return { text, message, reading, answer };
}
