import type { ClientRole } from '@registry/contracts';

/** The authenticated system client of a request. */
export interface Caller {
  readonly clientId: string;
  readonly organizationId: string;
  readonly roles: readonly ClientRole[];
  /** MSH-11 values that it may send. */
  readonly processingIds: readonly string[];
}

/** The access port: who does an API key belong to, as of now? */
export interface CallerDirectory {
  /** @param keyHash SHA-256 of the key, hex. Undefined: unknown or revoked. */
  identify(keyHash: string): Promise<Caller | undefined>;
}

export const CALLER_DIRECTORY = Symbol('CallerDirectory');
