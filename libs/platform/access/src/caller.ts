import type { ClientLimits, ClientRole } from '@registry/contracts';

/** The authenticated system client of a request. */
export interface Caller {
  readonly clientId: string;
  readonly organizationId: string;
  readonly roles: readonly ClientRole[];
  /** MSH-11 values that it may send. */
  readonly processingIds: readonly string[];
  /** What it may ask for in a time; absent: the registry's own limits only. */
  readonly limits?: ClientLimits;
  /** It reads for users only, and must say for which. */
  readonly actsForUsers?: boolean;
  /** The user of the organization for whom it says that it acts (`x-user-id`). The gate looks whether that is so. */
  readonly userId?: string;
}

/** The access port: who does an API key belong to, as of now? */
export interface CallerDirectory {
  /** @param keyHash SHA-256 of the key, hex. Undefined: unknown or revoked. */
  identify(keyHash: string): Promise<Caller | undefined>;
  /** Of whom something else than a key proves who it is. Undefined: unknown or revoked. */
  callerOf(clientId: string): Promise<Caller | undefined>;
}

export const CALLER_DIRECTORY = Symbol('CallerDirectory');
