import { randomFillSync } from 'node:crypto';

const POOL_BYTES = 8_192;
const pool = Buffer.alloc(POOL_BYTES);
let used = POOL_BYTES;

/**
 * Random bytes for keys and nonces. Asking the generator costs some microseconds whatever the size, and every submission
 * needs a key and a nonce: so it is asked for many at once. Each byte is handed out once and wiped from the pool.
 * @param length at most 8,192
 */
export function randomFromPool(length: number): Buffer {
  if (used + length > POOL_BYTES) {
    randomFillSync(pool);
    used = 0;
  }
  const bytes = Buffer.from(pool.subarray(used, used + length));
  pool.fill(0, used, used + length);
  used += length;
  return bytes;
}
