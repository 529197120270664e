import { Injectable } from '@nestjs/common';
import type { Caller, CallerDirectory } from '@registry/access';
import { accessStreams, type ClientState, type OrganizationState } from '@registry/contracts';
import type { EventStore } from '@registry/event-store';
import type { ReadModel } from '@registry/persistence';
import type { Clock } from '@registry/runtime';

/** Bounds what unknown keys can make the process remember: nothing; only keys that were found are kept. */
const MAX_REMEMBERED = 50_000;

/**
 * Finds the client of an API key. Which client a hash belongs to is looked up once; whether that client may still
 * come in is read at its stream's head on every request, so a revocation holds at once.
 */
@Injectable()
export class StoredCallers implements CallerDirectory {
  private readonly known = new Map<string, { readonly clientId: string; readonly organizationId: string }>();

  constructor(
    private readonly store: EventStore,
    private readonly readModel: ReadModel,
    private readonly clock: Clock,
  ) {}

  async identify(keyHash: string): Promise<Caller | undefined> {
    const found = this.known.get(keyHash) ?? (await this.lookUp(keyHash));
    if (found === undefined) return undefined;
    const [clientHead, organizationHead] = await this.store.heads([
      accessStreams.client(found.clientId),
      accessStreams.organization(found.organizationId),
    ]);
    const client = clientHead?.data['state'] as ClientState | undefined;
    const caller = callerIn(client, organizationHead?.data['state'] as OrganizationState | undefined);
    if (client === undefined || caller === undefined || !isKeyOf(client, keyHash, this.clock.now())) {
      this.known.delete(keyHash);
      return undefined;
    }
    return caller;
  }

  async callerOf(clientId: string): Promise<Caller | undefined> {
    const [clientHead] = await this.store.heads([accessStreams.client(clientId)]);
    const client = clientHead?.data['state'] as ClientState | undefined;
    if (client === undefined) return undefined;
    const [organizationHead] = await this.store.heads([accessStreams.organization(client.organizationId)]);
    return callerIn(client, organizationHead?.data['state'] as OrganizationState | undefined);
  }

  /** A key just made known here works before the directory's tables have it. */
  learn(keyHash: string, clientId: string, organizationId: string): void {
    if (this.known.size >= MAX_REMEMBERED) this.known.clear();
    this.known.set(keyHash, { clientId, organizationId });
  }

  private async lookUp(keyHash: string) {
    const [row] = await this.readModel.select<{ clientId: string; organizationId: string }>(
      `SELECT client_id AS "clientId", organization_id AS "organizationId"
         FROM client WHERE key_hash = ? OR earlier_key_hash = ?`,
      [keyHash, keyHash],
    );
    if (row !== undefined) this.learn(keyHash, row.clientId, row.organizationId);
    return row;
  }
}

/** Undefined unless both are active. */
const callerIn = (
  client: ClientState | undefined,
  organization: OrganizationState | undefined,
): Caller | undefined => {
  if (client?.status !== 'active' || organization?.status !== 'active') return undefined;
  const { clientId, organizationId, roles, processingIds, limits, actsForUsers } = client;
  return {
    clientId,
    organizationId,
    roles,
    processingIds,
    ...(limits === undefined ? {} : { limits }),
    ...(actsForUsers === undefined ? {} : { actsForUsers }),
  };
};

/** After a rotation the earlier key is good for some time, so that the client can change over without a gap. */
const isKeyOf = ({ keyHash, earlierKey }: ClientState, given: string, now: Date): boolean =>
  given === keyHash || (given === earlierKey?.keyHash && now.getTime() < Date.parse(earlierKey.validUntil));
