import { createCipheriv, createDecipheriv } from 'node:crypto';
import { KeyMissing, type KeyRing } from '@registry/content-keys';
import { uuidOfHex } from '@registry/contracts';

const KEY = 'auditor-pseudonym';

/**
 * What auditors know a person by: the person id, one AES-256 block under a key of its own. Random ids in, so one block is a
 * permutation that tells nothing without the key, and the registry can go back without keeping a table.
 */
export const pseudonymOf = (keys: KeyRing, personId: string): string => {
  const { version, key } = keys.current(KEY);
  const cipher = createCipheriv('aes-256-ecb', key, null).setAutoPadding(false);
  const block = Buffer.concat([
    cipher.update(Buffer.from(personId.replaceAll('-', ''), 'hex')),
    cipher.final(),
  ]);
  return `p${version}-${block.toString('base64url')}`;
};

/** Undefined: not a pseudonym that this registry made. */
export const personOf = (keys: KeyRing, pseudonym: string): string | undefined => {
  const [, version, block] = /^p(\d{1,6})-([A-Za-z0-9_-]{22})$/.exec(pseudonym) ?? [];
  if (version === undefined || block === undefined) return undefined;
  const key = keyOf(keys, Number(version));
  if (key === undefined) return undefined;
  const decipher = createDecipheriv('aes-256-ecb', key, null).setAutoPadding(false);
  const hex = Buffer.concat([decipher.update(Buffer.from(block, 'base64url')), decipher.final()]).toString(
    'hex',
  );
  return uuidOfHex(hex);
};

const keyOf = (keys: KeyRing, version: number): Uint8Array | undefined => {
  try {
    return keys.get(KEY, version);
  } catch (error) {
    // Another registry's pseudonym, or a mistyped one.
    if (error instanceof KeyMissing) return undefined;
    throw error;
  }
};
