import type { Caller } from '@registry/access';
import type { RegisterClientDto } from './client.dto.js';

export class RegisterClient {
  constructor(
    readonly organizationId: string,
    readonly body: RegisterClientDto,
    readonly caller: Caller,
  ) {}
}

export class RotateClientKey {
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
