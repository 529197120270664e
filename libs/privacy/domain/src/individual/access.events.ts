import type { Capacity } from '../request/request.events.js';

/** Events of `individualAccess-<id>`: after an identity proof somebody may look at the own record, or at that of whom it speaks for, for a while. */
export type AccessEvent =
  | { readonly type: 'OwnAccessGranted'; readonly data: OwnAccessGrantedData }
  | { readonly type: 'OwnAccessRevoked'; readonly data: { readonly revokedBy: string } };

export type OwnAccessGrantedData = {
  readonly personId: string;
  readonly capacity: Capacity;
  /** The request whose verification was the identity proof. */
  readonly requestId: string;
  /** SHA-256 (hex) of the token's secret: 256 random bits, so one plain hash is enough. */
  readonly secretHash: string;
  readonly grantedBy: string;
  /** ISO-8601 UTC; exclusive. */
  readonly endsAt: string;
};

/** Policy data: how long an access lasts. */
export const OWN_ACCESS_POLICY = { version: '1', effective: '2026-01-01', hours: 24 } as const;
