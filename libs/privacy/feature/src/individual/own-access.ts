import { createHash, randomBytes, randomUUID, timingSafeEqual } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { EVENT_STORE, RevisionConflict, type EventStore } from '@registry/event-store';
import {
  OWN_ACCESS_POLICY,
  PrivacyError,
  type AccessEvent,
  type Capacity,
  type OwnAccessGrantedData,
} from '@registry/privacy-domain';
import { CLOCK, type Clock } from '@registry/runtime';
import { RequestRepository } from '../request/request.repository.js';
import { Authorities } from '../request/authorities.js';

/** Who looks at the own record, or at that of whom it speaks for. */
export interface Individual {
  readonly accessId: string;
  readonly personId: string;
  readonly capacity: Capacity;
  readonly requestId: string;
  readonly endsAt: string;
}

export interface GrantedAccess {
  readonly accessId: string;
  /** Shown this once: `authorization: Bearer <token>` on the routes of `/me`. */
  readonly token: string;
  readonly endsAt: string;
}

const accessStream = (accessId: string): string => `individualAccess-${accessId}`;
const TOKEN = /^own\.([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\.([A-Za-z0-9_-]{43})$/;
const HOUR_MS = 3_600_000;

/** Grants access to the own view, and finds out whose a token is. */
@Injectable()
export class OwnAccess {
  constructor(
    @Inject(EVENT_STORE) private readonly store: EventStore,
    @Inject(CLOCK) private readonly clock: Clock,
    private readonly requests: RequestRepository,
    private readonly authorities: Authorities,
  ) {}

  /**
   * After a request was verified and applied, its requester may look at what is kept.
   * @throws PrivacyError `PRIVACY.NOT_APPLIED`, `PRIVACY.AUTHORITY_ENDED`
   */
  async grant(requestId: string, grantedBy: string): Promise<GrantedAccess> {
    const { state } = await this.requests.load(requestId);
    if (state.status === 'absent') throw new PrivacyError('PRIVACY.REQUEST_UNKNOWN');
    if (state.status !== 'applied') throw new PrivacyError('PRIVACY.NOT_APPLIED');
    if ((await this.authorities.of(requestId)) === 'ended') throw new PrivacyError('PRIVACY.AUTHORITY_ENDED');
    const accessId = randomUUID();
    const secret = randomBytes(32).toString('base64url');
    const endsAt = new Date(this.clock.now().getTime() + OWN_ACCESS_POLICY.hours * HOUR_MS).toISOString();
    const { personId, capacity } = state;
    const data: OwnAccessGrantedData = {
      personId,
      capacity,
      requestId,
      secretHash: hashOf(secret),
      grantedBy,
      endsAt,
    };
    await this.store.append(accessStream(accessId), 'none', [
      { id: randomUUID(), type: 'OwnAccessGranted', data, metadata: { schemaVersion: 1, actor: grantedBy } },
    ]);
    return { accessId, token: `own.${accessId}.${secret}`, endsAt };
  }

  /** Undefined: no such token, revoked, over, or its holder speaks for the person no more. */
  async identify(token: string): Promise<Individual | undefined> {
    const [, accessId, secret] = TOKEN.exec(token) ?? [];
    if (accessId === undefined || secret === undefined) return undefined;
    const [granted, ...more] = (await this.store.read(accessStream(accessId))) as unknown as AccessEvent[];
    if (granted?.type !== 'OwnAccessGranted' || more.length > 0) return undefined;
    const { secretHash, personId, capacity, requestId, endsAt } = granted.data;
    if (!timingSafeEqual(Buffer.from(secretHash), Buffer.from(hashOf(secret)))) return undefined;
    if (this.clock.now().getTime() >= Date.parse(endsAt)) return undefined;
    // A proxy's authority ends with the person's majority, whatever was granted before (DOMAIN 4.2).
    if ((await this.authorities.of(requestId)) === 'ended') return undefined;
    return { accessId, personId, capacity, requestId, endsAt };
  }

  async revoke(accessId: string, revokedBy: string): Promise<void> {
    try {
      await this.store.append(accessStream(accessId), 0, [
        {
          id: randomUUID(),
          type: 'OwnAccessRevoked',
          data: { revokedBy },
          metadata: { schemaVersion: 1, actor: revokedBy },
        },
      ]);
    } catch (error) {
      // Revoked already, or there is none.
      if (!(error instanceof RevisionConflict)) throw error;
    }
  }
}

const hashOf = (secret: string): string => createHash('sha256').update(secret).digest('hex');
