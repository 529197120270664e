import { createCipheriv, createDecipheriv, createHmac } from 'node:crypto';
import { randomFromPool } from './random-pool.js';

/**
 * Sealed content: AES-256-GCM, as base64 of
 *
 *     format (1 byte) | key version (2 bytes, big endian) | nonce (12) | ciphertext | tag (16)
 *
 * The first three bytes and the key id are authenticated, so a ciphertext cannot pass for another's. Nonces are
 * random: NIST SP 800-38D section 8.3 allows 2^32 of them under one key, and a content key seals a handful of texts.
 */
const FORMAT = 1;
const HEADER_BYTES = 3;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const KEY_BYTES = 32;

/** Not sealed by this key under this id, changed, or no sealed content at all; it does not say which. */
export class SealBroken extends Error {
  readonly code = 'KEYS.SEAL_BROKEN';
  constructor() {
    super('The sealed content cannot be opened');
  }
}

/**
 * Encrypts content.
 * @param key 32 bytes
 * @param keyId what `open` must name again: the id of what is sealed
 * @param plaintext text is taken as UTF-8
 * @param keyVersion of a rotating key (1 to 65,535); a content key has no versions: 0
 * @returns base64, 4/3 of (plaintext + 31 bytes)
 */
export function seal(key: Uint8Array, keyId: string, plaintext: Uint8Array | string, keyVersion = 0): string {
  assertKey(key);
  if (!Number.isInteger(keyVersion) || keyVersion < 0 || keyVersion > 0xffff)
    throw new RangeError('Key version out of range');
  const nonce = randomFromPool(NONCE_BYTES);
  const header = Buffer.from([FORMAT, keyVersion >> 8, keyVersion & 0xff]);
  const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES });
  cipher.setAAD(additionalData(header, keyId));
  const body = typeof plaintext === 'string' ? cipher.update(plaintext, 'utf8') : cipher.update(plaintext);
  return Buffer.concat([header, nonce, body, cipher.final(), cipher.getAuthTag()]).toString('base64');
}

/**
 * Decrypts what `seal` made with the same key and key id.
 * @throws SealBroken
 */
export function open(key: Uint8Array, keyId: string, sealed: string): Buffer {
  assertKey(key);
  const bytes = decode(sealed);
  const body = bytes.subarray(HEADER_BYTES + NONCE_BYTES, bytes.length - TAG_BYTES);
  try {
    const nonce = bytes.subarray(HEADER_BYTES, HEADER_BYTES + NONCE_BYTES);
    const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES });
    decipher.setAAD(additionalData(bytes.subarray(0, HEADER_BYTES), keyId));
    decipher.setAuthTag(bytes.subarray(bytes.length - TAG_BYTES));
    const plaintext = decipher.update(body);
    // Checks the tag. In this mode it has nothing left to give.
    decipher.final();
    return plaintext;
  } catch {
    throw new SealBroken();
  }
}

/**
 * The key version that a sealed content names, to look its key up in a `KeyRing`. Not authenticated before `open` has
 * succeeded.
 * @throws SealBroken no sealed content
 */
export function keyVersionOf(sealed: string): number {
  return decode(sealed).readUInt16BE(1);
}

/**
 * Digest of content that dies with its key: HMAC-SHA-256 under a subkey that HMAC derives from the key, so that nobody without the key can
 * test a guess.
 * @returns base64url, 43 characters
 */
export function digest(key: Uint8Array, bytes: Uint8Array | string): string {
  assertKey(key);
  const subkey = createHmac('sha256', key).update('registry content digest v1').digest();
  return createHmac('sha256', subkey).update(bytes).digest('base64url');
}

/** A new content key. */
export function newContentKey(): Buffer {
  return randomFromPool(KEY_BYTES);
}

function decode(sealed: string): Buffer {
  const bytes = Buffer.from(sealed, 'base64');
  // Node ignores what is not base64 and the unused bits at the end: only the one spelling counts.
  if (
    bytes.length < HEADER_BYTES + NONCE_BYTES + TAG_BYTES ||
    bytes[0] !== FORMAT ||
    bytes.toString('base64') !== sealed
  ) {
    throw new SealBroken();
  }
  return bytes;
}

/** The header's length is fixed, so the two cannot run into each other. */
function additionalData(header: Uint8Array, keyId: string): Buffer {
  return Buffer.concat([header, Buffer.from(keyId, 'utf8')]);
}

function assertKey(key: Uint8Array): void {
  if (key.length !== KEY_BYTES) throw new TypeError(`A key has ${KEY_BYTES} bytes`);
}
