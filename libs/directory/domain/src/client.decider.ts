import {
  assertNever,
  sameState,
  type AccessEvent,
  type Client,
  type ClientSettings,
  type Organization,
} from './access.events.js';
import { DirectoryError } from './directory-error.js';
import { activeOrganization } from './organization.decider.js';

/** Policy data: how long the earlier of two keys stays good after a rotation. */
export interface KeyPolicy {
  readonly version: string;
  /** `YYYY-MM-DD`. */
  readonly effective: string;
  readonly overlapHours: number;
  readonly longestOverlapHours: number;
}

export const KEY_POLICY: KeyPolicy = {
  version: '1',
  effective: '2026-01-01',
  overlapHours: 24,
  longestOverlapHours: 168,
};

export type ClientCommand =
  | {
      readonly type: 'RegisterClient';
      readonly client: Omit<Client, 'status' | 'earlierKey'>;
      readonly organization: Organization | undefined;
      /** Organizations of the sites that it is to serve. */
      readonly siteOrganizationIds?: readonly (string | undefined)[];
    }
  | {
      readonly type: 'AmendClient';
      readonly settings: ClientSettings;
      readonly siteOrganizationIds?: readonly (string | undefined)[];
    }
  | {
      readonly type: 'RotateKey';
      readonly keyHash: string;
      readonly at: string;
      /** How long the present key stays good; absent: as policy has it; 0: not at all. */
      readonly overlapHours?: number;
    }
  | { readonly type: 'RevokeEarlierKey' }
  | { readonly type: 'RevokeClient' };

/** @param state the client at its stream's head; undefined before its first event */
export const decideClient = (
  command: ClientCommand,
  state: Client | undefined,
  policy: KeyPolicy = KEY_POLICY,
): AccessEvent[] => {
  if (command.type === 'RegisterClient') {
    activeOrganization(command.organization);
    mustOwn(command.client.organizationId, command.siteOrganizationIds);
    if (state !== undefined) return [];
    return [{ type: 'ClientRegistered', data: { state: { ...command.client, status: 'active' } } }];
  }
  if (state === undefined) throw new DirectoryError('DIRECTORY.CLIENT_UNKNOWN');
  const { earlierKey, ...rest } = state;
  switch (command.type) {
    case 'AmendClient': {
      mustBeActive(state);
      const { clientId, organizationId, status, keyHash } = state;
      mustOwn(organizationId, command.siteOrganizationIds);
      const amended: Client = {
        clientId,
        organizationId,
        ...command.settings,
        status,
        keyHash,
        ...(earlierKey === undefined ? {} : { earlierKey }),
      };
      return sameState(amended, state) ? [] : [{ type: 'ClientAmended', data: { state: amended } }];
    }
    case 'RotateKey': {
      mustBeActive(state);
      const { keyHash, at, overlapHours = policy.overlapHours } = command;
      if (state.keyHash === keyHash) return [];
      if (overlapHours > policy.longestOverlapHours) throw new DirectoryError('DIRECTORY.OVERLAP_TOO_LONG');
      // One earlier key at most: what was left of the one before it ends here.
      const earlier =
        overlapHours > 0
          ? { earlierKey: { keyHash: state.keyHash, validUntil: hoursAfter(at, overlapHours) } }
          : {};
      return [{ type: 'ClientKeyRotated', data: { state: { ...rest, keyHash, ...earlier } } }];
    }
    case 'RevokeEarlierKey':
      if (earlierKey === undefined) return [];
      return [{ type: 'ClientEarlierKeyRevoked', data: { state: rest } }];
    case 'RevokeClient':
      if (state.status === 'revoked') return [];
      return [{ type: 'ClientRevoked', data: { state: { ...rest, status: 'revoked' } } }];
    default:
      return assertNever(command);
  }
};

const MS_PER_HOUR = 3_600_000;

const hoursAfter = (instant: string, hours: number): string =>
  new Date(Date.parse(instant) + hours * MS_PER_HOUR).toISOString();

const mustOwn = (organizationId: string, siteOrganizationIds: readonly (string | undefined)[] = []): void => {
  for (const owner of siteOrganizationIds) {
    if (owner === undefined) throw new DirectoryError('DIRECTORY.SITE_UNKNOWN');
    if (owner !== organizationId) throw new DirectoryError('DIRECTORY.SITE_OF_ANOTHER');
  }
};

const mustBeActive = ({ status }: Client): void => {
  if (status === 'revoked') throw new DirectoryError('DIRECTORY.CLIENT_REVOKED');
};
