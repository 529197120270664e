export * from './content-keys.port.js';
export { hmac } from './hmac.js';
export { KeyMissing } from './key-file.js';
export { KEY_RING, type KeyRing, openKeyRing, type VersionedKey } from './key-ring.js';
export { createMemoryContentKeys } from './memory-content-keys.js';
export {
  openPostgresContentKeys,
  type PostgresContentKeys,
  type PostgresContentKeysOptions,
} from './postgres-content-keys.js';
export { openPostgresKeyReader, type PostgresKeyReaderOptions } from './postgres-key-reader.js';
export { SecretFileRefused } from './private-file.js';
export { sealedHeads } from './sealed-heads.js';
export { digest, keyVersionOf, newContentKey, open, seal, SealBroken } from './sealing.js';
export { openShared, type OpenedContent } from './shared-opening.js';
export { openSqliteKeyReader } from './sqlite-key-reader.js';
export { openSqliteContentKeys, type SqliteContentKeysOptions } from './sqlite-content-keys.js';
export { ContentKeysClosed, ContentKeysUnavailable, ContentKeysUnusable } from './stored-key.js';
