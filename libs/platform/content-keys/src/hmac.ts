import { createHmac } from 'node:crypto';

/**
 * HMAC-SHA-256 of a list of texts (UTF-8). Each is preceded by its length, so no two lists are fed alike (RFC 2104
 * itself sees bytes only).
 *
 * @param label separates uses of one key: a value of one domain says nothing about another's
 * @returns base64url, 43 characters
 */
export function hmac(key: Uint8Array, label: string, ...parts: readonly string[]): string {
  const mac = createHmac('sha256', key);
  for (const part of [label, ...parts]) {
    const length = Buffer.allocUnsafe(4);
    length.writeUInt32BE(Buffer.byteLength(part, 'utf8'));
    mac.update(length).update(part, 'utf8');
  }
  return mac.digest('base64url');
}
