import { hash, randomBytes } from 'node:crypto';

/** A new API key: 256 random bits, so that a plain hash of it cannot be searched. */
export const newApiKey = (): string => `iis_${randomBytes(32).toString('base64url')}`;

/** What is stored instead of the key: SHA-256, hex. */
export const hashApiKey = (key: string): string => hash('sha256', key, 'hex');
