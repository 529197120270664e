import { hmac, type KeyRing } from '@registry/content-keys';
import { uuidOfHex } from '@registry/contracts';

/** What a client calls a submission. */
export interface SubmissionName {
  readonly clientId: string;
  /** MSH-4; of what is no message, its kind. */
  readonly facility: string;
  /** MSH-10; of what is no message, whatever names it for its sender. */
  readonly controlId: string;
}

/** Name of the key that submission ids are made with. It is never rotated: a resubmission must find its first one. */
export const SUBMISSION_ID_KEY = 'submission-id';

/**
 * The id of a submission: HMAC of client, MSH-4, MSH-10 and a counter, in the form of a UUID. The counter tells apart
 * different contents that a client sends under one control id (DESIGN.md, Sealed content).
 */
export const submissionIdOf = (keys: KeyRing, message: SubmissionName, counter: number): string => {
  const { key } = keys.current(SUBMISSION_ID_KEY);
  const mac = hmac(key, 'submission', message.clientId, message.facility, message.controlId, String(counter));
  const hex = Buffer.from(mac, 'base64url').toString('hex');
  return uuidOfHex(hex);
};

/** What remains of the control id when everything else is destroyed. */
export const controlIdHashOf = (keys: KeyRing, message: SubmissionName): string =>
  hmac(keys.current(SUBMISSION_ID_KEY).key, 'control-id', message.clientId, message.controlId);
