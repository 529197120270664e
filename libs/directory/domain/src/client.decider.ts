import { assertNever, type AccessEvent, type Client, type Organization } from './access.events.js';
import { DirectoryError } from './directory-error.js';

export type ClientCommand =
  | {
      readonly type: 'RegisterClient';
      readonly client: Omit<Client, 'status'>;
      readonly organization: Organization | undefined;
    }
  | { readonly type: 'RotateKey'; readonly keyHash: string }
  | { readonly type: 'RevokeClient' };

/** @param state the client at its stream's head; undefined before its first event */
export const decideClient = (command: ClientCommand, state: Client | undefined): AccessEvent[] => {
  switch (command.type) {
    case 'RegisterClient':
      if (command.organization === undefined) throw new DirectoryError('DIRECTORY.ORGANIZATION_UNKNOWN');
      if (command.organization.status === 'closed') throw new DirectoryError('DIRECTORY.ORGANIZATION_CLOSED');
      if (state !== undefined) return [];
      return [{ type: 'ClientRegistered', data: { state: { ...command.client, status: 'active' } } }];
    case 'RotateKey':
      if (state === undefined) throw new DirectoryError('DIRECTORY.CLIENT_UNKNOWN');
      if (state.status === 'revoked') throw new DirectoryError('DIRECTORY.CLIENT_REVOKED');
      if (state.keyHash === command.keyHash) return [];
      return [{ type: 'ClientKeyRotated', data: { state: { ...state, keyHash: command.keyHash } } }];
    case 'RevokeClient':
      if (state === undefined) throw new DirectoryError('DIRECTORY.CLIENT_UNKNOWN');
      if (state.status === 'revoked') return [];
      return [{ type: 'ClientRevoked', data: { state: { ...state, status: 'revoked' } } }];
    default:
      return assertNever(command);
  }
};
