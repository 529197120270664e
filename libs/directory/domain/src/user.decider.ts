import { assertNever, sameState, type AccessEvent, type Organization, type User } from './access.events.js';
import { DirectoryError } from './directory-error.js';
import { activeOrganization } from './organization.decider.js';

export type UserCommand =
  | {
      readonly type: 'EnrolUser';
      readonly user: Omit<User, 'status'>;
      readonly organization: Organization | undefined;
    }
  | {
      readonly type: 'ChangeUserRoles';
      readonly roles: readonly string[];
      readonly organization: Organization | undefined;
    }
  | { readonly type: 'DeactivateUser' };

/** Roles that only staff of the organizations that run the registry can have. */
const STAFF_ROLES: readonly string[] = ['help-desk', 'auditor', 'administrator'];

/** @param state the user at its stream's head; undefined before its first event */
export const decideUser = (command: UserCommand, state: User | undefined): AccessEvent[] => {
  if (command.type === 'EnrolUser') {
    mustSuit(command.user.roles, activeOrganization(command.organization));
    if (state !== undefined) return [];
    return [{ type: 'UserEnrolled', data: { state: { ...command.user, status: 'active' } } }];
  }
  if (state === undefined) throw new DirectoryError('DIRECTORY.USER_UNKNOWN');
  switch (command.type) {
    case 'ChangeUserRoles':
      if (state.status === 'deactivated') throw new DirectoryError('DIRECTORY.USER_DEACTIVATED');
      mustSuit(command.roles, activeOrganization(command.organization));
      if (sameState(command.roles, state.roles)) return [];
      return [{ type: 'UserRolesChanged', data: { state: { ...state, roles: command.roles } } }];
    case 'DeactivateUser':
      if (state.status === 'deactivated') return [];
      return [{ type: 'UserDeactivated', data: { state: { ...state, status: 'deactivated' } } }];
    default:
      return assertNever(command);
  }
};

const mustSuit = (roles: readonly string[], { category }: Organization): void => {
  if (category !== 'registry-operations' && roles.some((role) => STAFF_ROLES.includes(role)))
    throw new DirectoryError('DIRECTORY.ROLE_NOT_FOR_CATEGORY');
};
