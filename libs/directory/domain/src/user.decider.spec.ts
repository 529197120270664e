import type { Organization, User } from './access.events.js';
import { decideUser } from './user.decider.js';

const clinic: Organization = { organizationId: 'o', name: 'Clinic', category: 'provider', status: 'active' };
const closed: Organization = { ...clinic, status: 'closed' };
const user: User = {
  userId: 'u',
  organizationId: 'o',
  name: 'Robin Lind',
  email: 'robin@clinic.example',
  roles: ['reader'],
  status: 'active',
};
const deactivated: User = { ...user, status: 'deactivated' };

describe('A user', () => {
  const { status: _, ...details } = user;
  const enrol = (organization: Organization | undefined, roles = details.roles) =>
    ({ type: 'EnrolUser', user: { ...details, roles }, organization }) as const;

  it('is enrolled by an active organization, once', () => {
    expect(decideUser(enrol(clinic), undefined)).toStrictEqual([
      { type: 'UserEnrolled', data: { state: user } },
    ]);
    expect(decideUser(enrol(clinic), user)).toStrictEqual([]);
    expect(() => decideUser(enrol(undefined), undefined)).toThrow('DIRECTORY.ORGANIZATION_UNKNOWN');
    expect(() => decideUser(enrol(closed), undefined)).toThrow('DIRECTORY.ORGANIZATION_CLOSED');
  });

  it('has a role of the registry’s staff only in an organization that runs the registry', () => {
    const operations = { ...clinic, category: 'registry-operations' };
    for (const role of ['help-desk', 'auditor', 'administrator']) {
      expect(() => decideUser(enrol(clinic, ['reader', role]), undefined)).toThrow(
        'DIRECTORY.ROLE_NOT_FOR_CATEGORY',
      );
      expect(() =>
        decideUser({ type: 'ChangeUserRoles', roles: [role], organization: clinic }, user),
      ).toThrow('DIRECTORY.ROLE_NOT_FOR_CATEGORY');
      expect(decideUser(enrol(operations, [role]), undefined)).toHaveLength(1);
    }
  });

  it('changes roles while active', () => {
    const change = { type: 'ChangeUserRoles', roles: ['submitter'], organization: clinic } as const;
    const changed = { ...user, roles: ['submitter'] };
    expect(decideUser(change, user)).toStrictEqual([{ type: 'UserRolesChanged', data: { state: changed } }]);
    expect(decideUser(change, changed)).toStrictEqual([]);
    expect(() => decideUser(change, deactivated)).toThrow('DIRECTORY.USER_DEACTIVATED');
    expect(() => decideUser({ ...change, organization: closed }, user)).toThrow(
      'DIRECTORY.ORGANIZATION_CLOSED',
    );
    expect(() => decideUser(change, undefined)).toThrow('DIRECTORY.USER_UNKNOWN');
  });

  it('is deactivated once, for good', () => {
    expect(decideUser({ type: 'DeactivateUser' }, user)).toStrictEqual([
      { type: 'UserDeactivated', data: { state: deactivated } },
    ]);
    expect(decideUser({ type: 'DeactivateUser' }, deactivated)).toStrictEqual([]);
    expect(() => decideUser({ type: 'DeactivateUser' }, undefined)).toThrow('DIRECTORY.USER_UNKNOWN');
  });
});
