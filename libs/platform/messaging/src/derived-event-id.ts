import { hash } from 'node:crypto';
import { uuidOfHex } from '@registry/contracts';

/**
 * UUID (version 5 form) derived from what causes an event, so that a repeat is the same append: a reactor's from group,
 * causing event and index; a command's from its id and index.
 */
export const derivedEventId = (...causes: readonly (string | number)[]): string => {
  const digest = hash('sha1', NAMESPACE + JSON.stringify(causes), 'hex');
  const variant = ((parseInt(digest.charAt(16), 16) & 0x3) | 0x8).toString(16);
  const hex = `${digest.slice(0, 12)}5${digest.slice(13, 16)}${variant}${digest.slice(17, 32)}`;
  return uuidOfHex(hex);
};

const NAMESPACE = '5b1f0f0e-6f1c-4a0c-9d0b-6c9f2d6a7e31';
