import type { Caller } from '@registry/access';
import type { ClientSettings } from '@registry/directory-domain';
import type { ClientSettingsDto } from './client.dto.js';

export class RegisterClient {
  constructor(
    readonly organizationId: string,
    readonly body: ClientSettingsDto,
    readonly caller: Caller,
  ) {}
}

export class AmendClient {
  constructor(
    readonly clientId: string,
    readonly body: ClientSettingsDto,
    readonly caller: Caller,
  ) {}
}

export class RotateClientKey {
  constructor(
    readonly clientId: string,
    /** Undefined: as policy has it. */
    readonly overlapHours: number | undefined,
    readonly caller: Caller,
  ) {}
}

export class RevokeEarlierKey {
  constructor(
    readonly clientId: string,
    readonly caller: Caller,
  ) {}
}

export class RevokeClient {
  constructor(
    readonly clientId: string,
    readonly caller: Caller,
  ) {}
}

/** The key is in this one answer and nowhere else: the registry keeps its hash. */
export interface ClientWithKey {
  readonly clientId: string;
  readonly key: string;
}

export interface RotatedKey extends ClientWithKey {
  /** ISO-8601 UTC: until then the earlier key is good; absent: it is not any more. */
  readonly earlierKeyUntil?: string;
}

/** A client as administrators see it: never with the hash of a key. */
export interface ClientView extends ClientSettings {
  readonly clientId: string;
  readonly organizationId: string;
  readonly status: 'active' | 'revoked';
  /** ISO-8601 UTC, after a rotation. */
  readonly earlierKeyUntil?: string;
}
