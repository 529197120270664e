import { createHash } from 'node:crypto';

/**
 * UUID (version 5 form) derived from what causes an event, so that a repeat is the same append: a reactor's from group,
 * causing event and index; a command's from its id and index.
 */
export const derivedEventId = (...causes: readonly (string | number)[]): string => {
  const bytes = createHash('sha1').update(NAMESPACE).update(JSON.stringify(causes)).digest().subarray(0, 16);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x50;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
};

const NAMESPACE = Buffer.from('5b1f0f0e6f1c4a0c9d0b6c9f2d6a7e31', 'hex');
