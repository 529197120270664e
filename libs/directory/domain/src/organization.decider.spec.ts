import type { Organization } from './access.events.js';
import { decideOrganization, type OrganizationDetails, type Parent } from './organization.decider.js';

const clinic: Organization = { organizationId: 'o', name: 'Clinic', category: 'provider', status: 'active' };
const closed: Organization = { ...clinic, status: 'closed' };
const system: Organization = { ...clinic, organizationId: 'system', name: 'Health system' };
const parent = (organization: Organization | undefined, ...ancestorIds: string[]): Parent => ({
  organization,
  ancestorIds,
});

describe('An organization', () => {
  const { status: _, ...organization } = clinic;
  const enrol = { type: 'EnrolOrganization', organization } as const;

  it('is enrolled once', () => {
    expect(decideOrganization(enrol, undefined)).toStrictEqual([
      { type: 'OrganizationEnrolled', data: { state: clinic } },
    ]);
    expect(decideOrganization(enrol, clinic)).toStrictEqual([]);
  });

  it('is closed once, if it is there', () => {
    expect(decideOrganization({ type: 'CloseOrganization' }, clinic)).toStrictEqual([
      { type: 'OrganizationClosed', data: { state: closed } },
    ]);
    expect(decideOrganization({ type: 'CloseOrganization' }, closed)).toStrictEqual([]);
    expect(() => decideOrganization({ type: 'CloseOrganization' }, undefined)).toThrow(
      'DIRECTORY.ORGANIZATION_UNKNOWN',
    );
  });

  const amend = (details: OrganizationDetails, state: Organization | undefined, above?: Parent) =>
    decideOrganization(
      { type: 'AmendOrganization', details, ...(above === undefined ? {} : { parent: above }) },
      state,
    );

  it('is amended while it is active, and keeps its category', () => {
    const renamed = { ...clinic, name: 'New name' };
    expect(amend({ name: 'New name' }, clinic)).toStrictEqual([
      { type: 'OrganizationAmended', data: { state: renamed } },
    ]);
    expect(amend({ name: 'New name' }, renamed)).toStrictEqual([]);
    expect(() => amend({ name: 'New name' }, closed)).toThrow('DIRECTORY.ORGANIZATION_CLOSED');
    expect(() => amend({ name: 'New name' }, undefined)).toThrow('DIRECTORY.ORGANIZATION_UNKNOWN');
  });

  it('may be part of an active organization, and never of itself', () => {
    const details = { name: 'Clinic', parentId: 'system' };
    expect(amend(details, clinic, parent(system))).toStrictEqual([
      { type: 'OrganizationAmended', data: { state: { ...clinic, parentId: 'system' } } },
    ]);
    expect(() => amend(details, clinic, parent(undefined))).toThrow('DIRECTORY.ORGANIZATION_UNKNOWN');
    expect(() => amend(details, clinic, parent({ ...system, status: 'closed' }))).toThrow(
      'DIRECTORY.ORGANIZATION_CLOSED',
    );
    expect(() => amend(details, clinic, parent(clinic))).toThrow('DIRECTORY.PARENT_OF_ITSELF');
    expect(() => amend(details, clinic, parent(system, 'top', 'o'))).toThrow('DIRECTORY.PARENT_OF_ITSELF');
  });

  it('has a jurisdiction if it is a community health board: counties by name or code', () => {
    const board = { ...organization, category: 'community-health-board' };
    const enrolled = (jurisdiction: string[], category = board.category) =>
      decideOrganization(
        { type: 'EnrolOrganization', organization: { ...board, category, jurisdiction } },
        undefined,
      );
    expect(enrolled(['St. Louis County', '27031', '075', 'lake'])[0]?.data.state).toMatchObject({
      jurisdiction: ['27031', '27075', '27137'],
    });
    expect(() => enrolled(['Milwaukee'])).toThrow('DIRECTORY.COUNTY_NOT_KNOWN');
    expect(() => enrolled(['Lake'], 'provider')).toThrow('DIRECTORY.NO_JURISDICTION_FOR_CATEGORY');
  });

  it('is acquired by another, once, today or before', () => {
    const acquire = (by: Organization | undefined, state: Organization | undefined, on = '2026-03-01') =>
      decideOrganization({ type: 'AcquireOrganization', by, on, today: '2026-03-01' }, state);
    const acquired: Organization = {
      ...clinic,
      status: 'acquired',
      acquired: { byOrganizationId: 'system', on: '2026-03-01' },
    };
    expect(acquire(system, clinic)).toStrictEqual([
      { type: 'OrganizationAcquired', data: { state: acquired } },
    ]);
    expect(acquire(system, acquired)).toStrictEqual([]);
    expect(() => acquire({ ...system, organizationId: 'other' }, acquired)).toThrow(
      'DIRECTORY.ORGANIZATION_CLOSED',
    );
    expect(() => acquire(system, closed)).toThrow('DIRECTORY.ORGANIZATION_CLOSED');
    expect(() => acquire({ ...system, status: 'acquired' }, clinic)).toThrow('DIRECTORY.ORGANIZATION_CLOSED');
    expect(() => acquire(clinic, clinic)).toThrow('DIRECTORY.ACQUIRED_BY_ITSELF');
    expect(() => acquire(system, clinic, '2026-03-02')).toThrow('DIRECTORY.DATE_IN_FUTURE');
    expect(() => acquire(undefined, clinic)).toThrow('DIRECTORY.ORGANIZATION_UNKNOWN');
    expect(() => acquire(system, undefined)).toThrow('DIRECTORY.ORGANIZATION_UNKNOWN');
    expect(() => decideOrganization({ type: 'CloseOrganization' }, acquired)).toThrow(
      'DIRECTORY.ORGANIZATION_CLOSED',
    );
  });
});
