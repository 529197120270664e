import type { Client, Organization } from './access.events.js';
import { decideClient, KEY_POLICY } from './client.decider.js';

const clinic: Organization = { organizationId: 'o', name: 'Clinic', category: 'provider', status: 'active' };
const client = {
  clientId: 'c',
  organizationId: 'o',
  name: 'EHR',
  roles: ['submitter'],
  keyHash: 'h',
  processingIds: ['P'],
};
const active: Client = { ...client, status: 'active' };
const revoked: Client = { ...active, status: 'revoked' };
const AT = '2026-03-01T12:00:00.000Z';

describe('A client', () => {
  it('is registered for an active organization, once', () => {
    const register = (organization: Organization | undefined) =>
      ({ type: 'RegisterClient', client, organization }) as const;
    expect(decideClient(register(clinic), undefined)).toStrictEqual([
      { type: 'ClientRegistered', data: { state: active } },
    ]);
    expect(decideClient(register(clinic), active)).toStrictEqual([]);
    expect(() => decideClient(register(undefined), undefined)).toThrow('DIRECTORY.ORGANIZATION_UNKNOWN');
    for (const status of ['closed', 'acquired'] as const) {
      expect(() => decideClient(register({ ...clinic, status }), undefined)).toThrow(
        'DIRECTORY.ORGANIZATION_CLOSED',
      );
    }
  });

  it('serves sites of its own organization only', () => {
    const settings = { name: 'EHR', roles: ['reader'], processingIds: ['P'], siteCodes: ['S1'] };
    const amend = (...siteOrganizationIds: (string | undefined)[]) =>
      decideClient({ type: 'AmendClient', settings, siteOrganizationIds }, active);
    expect(amend('o')).toStrictEqual([
      { type: 'ClientAmended', data: { state: { ...active, ...settings } } },
    ]);
    expect(() => amend('o', undefined)).toThrow('DIRECTORY.SITE_UNKNOWN');
    expect(() => amend('other')).toThrow('DIRECTORY.SITE_OF_ANOTHER');
    const register = { type: 'RegisterClient', client, organization: clinic } as const;
    expect(() => decideClient({ ...register, siteOrganizationIds: ['other'] }, undefined)).toThrow(
      'DIRECTORY.SITE_OF_ANOTHER',
    );
  });

  it('gets a new key, and keeps the one before for a day, or as long as is said', () => {
    const rotate = { type: 'RotateKey', keyHash: 'new', at: AT } as const;
    const rotated = {
      ...active,
      keyHash: 'new',
      earlierKey: { keyHash: 'h', validUntil: '2026-03-02T12:00:00.000Z' },
    };
    expect(decideClient(rotate, active)).toStrictEqual([
      { type: 'ClientKeyRotated', data: { state: rotated } },
    ]);
    expect(decideClient(rotate, rotated)).toStrictEqual([]);
    expect(decideClient({ ...rotate, overlapHours: 2 }, active)[0]?.data.state).toMatchObject({
      earlierKey: { validUntil: '2026-03-01T14:00:00.000Z' },
    });
    expect(decideClient({ ...rotate, overlapHours: 0 }, active)).toStrictEqual([
      { type: 'ClientKeyRotated', data: { state: { ...active, keyHash: 'new' } } },
    ]);
    expect(() =>
      decideClient({ ...rotate, overlapHours: KEY_POLICY.longestOverlapHours + 1 }, active),
    ).toThrow('DIRECTORY.OVERLAP_TOO_LONG');
    expect(() => decideClient(rotate, revoked)).toThrow('DIRECTORY.CLIENT_REVOKED');
    expect(() => decideClient(rotate, undefined)).toThrow('DIRECTORY.CLIENT_UNKNOWN');
  });

  it('never has more than one earlier key', () => {
    const rotated: Client = { ...active, keyHash: '2', earlierKey: { keyHash: '1', validUntil: AT } };
    const rotate = { type: 'RotateKey', keyHash: '3', at: AT } as const;
    expect(decideClient(rotate, rotated)[0]?.data.state).toMatchObject({
      keyHash: '3',
      earlierKey: { keyHash: '2' },
    });
    expect(decideClient({ ...rotate, overlapHours: 0 }, rotated)[0]?.data.state).not.toHaveProperty(
      'earlierKey',
    );
  });

  it('loses its earlier key at once when that is revoked', () => {
    const rotated: Client = { ...active, earlierKey: { keyHash: 'old', validUntil: AT } };
    expect(decideClient({ type: 'RevokeEarlierKey' }, rotated)).toStrictEqual([
      { type: 'ClientEarlierKeyRevoked', data: { state: active } },
    ]);
    expect(decideClient({ type: 'RevokeEarlierKey' }, active)).toStrictEqual([]);
    expect(() => decideClient({ type: 'RevokeEarlierKey' }, undefined)).toThrow('DIRECTORY.CLIENT_UNKNOWN');
  });

  it('is revoked once, with all its keys', () => {
    const rotated: Client = { ...active, earlierKey: { keyHash: 'old', validUntil: AT } };
    for (const state of [active, rotated]) {
      expect(decideClient({ type: 'RevokeClient' }, state)).toStrictEqual([
        { type: 'ClientRevoked', data: { state: revoked } },
      ]);
    }
    expect(decideClient({ type: 'RevokeClient' }, revoked)).toStrictEqual([]);
    expect(() => decideClient({ type: 'RevokeClient' }, undefined)).toThrow('DIRECTORY.CLIENT_UNKNOWN');
  });

  it('is amended: settings are replaced, keys stay', () => {
    const settings = {
      name: 'New EHR',
      roles: ['reader'],
      processingIds: ['P', 'T'],
      protectionIndicator: 'cdc',
      limits: { requestsPerMinute: 600 },
      actsForUsers: true,
    } as const;
    const amend = { type: 'AmendClient', settings } as const;
    const rotated: Client = { ...active, earlierKey: { keyHash: 'old', validUntil: AT } };
    const amended = { ...rotated, ...settings };
    expect(decideClient(amend, rotated)).toStrictEqual([{ type: 'ClientAmended', data: { state: amended } }]);
    expect(decideClient(amend, amended)).toStrictEqual([]);
    const { limits: _, ...without } = settings;
    expect(
      decideClient({ type: 'AmendClient', settings: without }, amended)[0]?.data.state,
    ).not.toHaveProperty('limits');
    expect(() => decideClient(amend, revoked)).toThrow('DIRECTORY.CLIENT_REVOKED');
    expect(() => decideClient(amend, undefined)).toThrow('DIRECTORY.CLIENT_UNKNOWN');
  });
});
