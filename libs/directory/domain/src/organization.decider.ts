import { assertNever, type AccessEvent, type Organization } from './access.events.js';
import { DirectoryError } from './directory-error.js';

export type OrganizationCommand =
  | { readonly type: 'EnrolOrganization'; readonly organization: Omit<Organization, 'status'> }
  | { readonly type: 'CloseOrganization' };

/** @param state the organization at its stream's head; undefined before its first event */
export const decideOrganization = (
  command: OrganizationCommand,
  state: Organization | undefined,
): AccessEvent[] => {
  switch (command.type) {
    case 'EnrolOrganization':
      if (state !== undefined) return [];
      return [
        { type: 'OrganizationEnrolled', data: { state: { ...command.organization, status: 'active' } } },
      ];
    case 'CloseOrganization':
      if (state === undefined) throw new DirectoryError('DIRECTORY.ORGANIZATION_UNKNOWN');
      if (state.status === 'closed') return [];
      return [{ type: 'OrganizationClosed', data: { state: { ...state, status: 'closed' } } }];
    default:
      return assertNever(command);
  }
};
