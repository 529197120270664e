export * from './content-keys.port.js';
export { hmac } from './hmac.js';
export { KEY_RING, KeyMissing, type KeyRing, openKeyRing, type VersionedKey } from './key-ring.js';
export { createMemoryContentKeys } from './memory-content-keys.js';
export { SecretFileRefused } from './private-file.js';
export { digest, keyVersionOf, newContentKey, open, seal, SealBroken } from './sealing.js';
export { openSqliteKeyReader } from './sqlite-key-reader.js';
export { openSqliteContentKeys, type SqliteContentKeysOptions } from './sqlite-content-keys.js';
export { ContentKeysClosed } from './stored-key.js';
