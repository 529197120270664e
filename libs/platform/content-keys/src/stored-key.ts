/** The ways into a store of content keys are checked alike in every adapter. */

export const CONTENT_KEY_BYTES = 32;

/** The place of a destroyed key holds these bytes, so no key may be equal to them. */
export const NO_KEY = new Uint8Array(CONTENT_KEY_BYTES);

/** The adapter was closed. */
export class ContentKeysClosed extends Error {
  readonly code = 'KEYS.CLOSED';
}

/** The server that keeps the keys is away, busy or out of room: the same may succeed later, and what was done is not done twice. */
export class ContentKeysUnavailable extends Error {
  readonly code = 'KEYS.UNAVAILABLE';
}

/** The server is set up so that no keys can be kept on it: no retry helps. */
export class ContentKeysUnusable extends Error {
  readonly code = 'KEYS.UNUSABLE';
}

export function isDestroyed(key: Uint8Array): boolean {
  return key.every((byte) => byte === 0);
}

/**
 * No store keeps more exactly than this (SQLite's driver cuts text off at U+0000), and ids are no texts of people.
 */
const ID = /^[\x21-\x7e]{1,256}$/;

/** @throws TypeError no key of 32 bytes, or an id that is not 1 to 256 printable ASCII characters */
export function assertStorable(id: string, key: Uint8Array): void {
  if (!ID.test(id)) throw new TypeError('A key id has 1 to 256 printable ASCII characters');
  if (key.length !== CONTENT_KEY_BYTES || isDestroyed(key)) {
    throw new TypeError(`A content key has ${CONTENT_KEY_BYTES} random bytes`);
  }
}

/**
 * @param instant ISO-8601 UTC
 * @returns milliseconds since 1970
 */
export function parseInstant(instant: string): number {
  const milliseconds = Date.parse(instant);
  if (Number.isNaN(milliseconds) || !instant.endsWith('Z'))
    throw new TypeError('Expected an ISO-8601 instant in UTC');
  return milliseconds;
}
