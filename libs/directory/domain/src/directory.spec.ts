import type { Organization, Relationship } from './access.events.js';
import { decideAgreement } from './agreement.decider.js';
import { decideClient } from './client.decider.js';
import { DirectoryError } from './directory-error.js';
import { decideOrganization } from './organization.decider.js';
import { decideRelationship } from './relationship.decider.js';

const clinic: Organization = { organizationId: 'o', name: 'Clinic', category: 'provider', status: 'active' };
const closed: Organization = { ...clinic, status: 'closed' };

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
    expect(() => decideOrganization({ type: 'CloseOrganization' }, undefined)).toThrow(DirectoryError);
  });
});

describe('An agreement', () => {
  const agreement = {
    organizationId: 'o',
    version: '1',
    signatory: 'A. Lind',
    purposes: ['treatment'],
    startsAt: '2026-01-01T00:00:00Z',
    endsAt: '2027-01-01T00:00:00Z',
  };
  const sign = (organization: Organization | undefined, over = {}) =>
    decideAgreement({ type: 'SignAgreement', agreement: { ...agreement, ...over }, organization }, undefined);

  it('is signed by an active organization, for a term', () => {
    expect(sign(clinic)).toStrictEqual([{ type: 'AgreementSigned', data: { state: agreement } }]);
    expect(() => sign(undefined)).toThrow('DIRECTORY.ORGANIZATION_UNKNOWN');
    expect(() => sign(closed)).toThrow('DIRECTORY.ORGANIZATION_CLOSED');
    expect(() => sign(clinic, { endsAt: agreement.startsAt })).toThrow('DIRECTORY.AGREEMENT_TERM_EMPTY');
  });

  it('is signed again without effect, and renewed with one', () => {
    const renewed = { ...agreement, endsAt: '2028-01-01T00:00:00Z' };
    const again = (state: typeof agreement) =>
      decideAgreement({ type: 'SignAgreement', agreement: renewed, organization: clinic }, state);
    expect(again(renewed)).toStrictEqual([]);
    expect(again(agreement)).toStrictEqual([{ type: 'AgreementSigned', data: { state: renewed } }]);
  });

  it('ends at the instant it is ended', () => {
    const end = { type: 'EndAgreement', at: '2026-06-01T00:00:00.000Z' } as const;
    const ended = { ...agreement, endsAt: end.at };
    expect(decideAgreement(end, agreement)).toStrictEqual([
      { type: 'AgreementEnded', data: { state: ended } },
    ]);
    expect(decideAgreement(end, ended)).toStrictEqual([]);
    expect(() => decideAgreement(end, undefined)).toThrow('DIRECTORY.AGREEMENT_MISSING');
  });
});

describe('A client', () => {
  const client = {
    clientId: 'c',
    organizationId: 'o',
    name: 'EHR',
    roles: ['submitter'],
    keyHash: 'h',
    processingIds: ['P'],
  };
  const active = { ...client, status: 'active' } as const;

  it('is registered for an active organization, once', () => {
    const register = (organization: Organization | undefined) =>
      ({ type: 'RegisterClient', client, organization }) as const;
    expect(decideClient(register(clinic), undefined)).toStrictEqual([
      { type: 'ClientRegistered', data: { state: active } },
    ]);
    expect(decideClient(register(clinic), active)).toStrictEqual([]);
    expect(() => decideClient(register(undefined), undefined)).toThrow('DIRECTORY.ORGANIZATION_UNKNOWN');
    expect(() => decideClient(register(closed), undefined)).toThrow('DIRECTORY.ORGANIZATION_CLOSED');
  });

  it('changes its key until it is revoked', () => {
    const revoked = { ...active, status: 'revoked' } as const;
    const rotate = { type: 'RotateKey', keyHash: 'new' } as const;
    expect(decideClient(rotate, active)).toStrictEqual([
      { type: 'ClientKeyRotated', data: { state: { ...active, keyHash: 'new' } } },
    ]);
    expect(decideClient(rotate, { ...active, keyHash: 'new' })).toStrictEqual([]);
    expect(decideClient({ type: 'RevokeClient' }, active)).toStrictEqual([
      { type: 'ClientRevoked', data: { state: revoked } },
    ]);
    expect(decideClient({ type: 'RevokeClient' }, revoked)).toStrictEqual([]);
    expect(() => decideClient(rotate, revoked)).toThrow('DIRECTORY.CLIENT_REVOKED');
    expect(() => decideClient(rotate, undefined)).toThrow('DIRECTORY.CLIENT_UNKNOWN');
  });
});

describe('A relationship by own submission', () => {
  const note = (receivedAt: string, organization: Organization | undefined = clinic) =>
    ({ type: 'NoteOwnSubmission', organization, personId: 'p', newRegistryId: 'r', receivedAt }) as const;
  const started: Relationship = {
    organizationId: 'o',
    personId: 'p',
    registryId: 'r',
    evidence: 'own-submission',
    purposes: ['treatment'],
    startsAt: '2026-01-31T10:00:00.000Z',
    endsAt: '2028-01-31T10:00:00.000Z',
  };

  it('starts for 24 months, for providers only', () => {
    expect(decideRelationship(note('2026-01-31T10:00:00.000Z'), undefined)).toStrictEqual([
      { type: 'RelationshipStarted', data: { state: started } },
    ]);
    expect(
      decideRelationship(note('2026-01-31T10:00:00.000Z', { ...clinic, category: 'school' }), undefined),
    ).toEqual([]);
    expect(
      decideRelationship({ ...note('2026-01-31T10:00:00.000Z'), organization: undefined }, undefined),
    ).toEqual([]);
  });

  it('ends on the last day of a shorter month', () => {
    const [event] = decideRelationship(note('2024-02-29T10:00:00.000Z'), undefined);
    expect(event?.data.state).toMatchObject({ endsAt: '2026-02-28T10:00:00.000Z' });
  });

  it('is renewed at most monthly, keeps its id, and is never shortened', () => {
    expect(decideRelationship(note('2026-02-15T10:00:00.000Z'), started)).toStrictEqual([]);
    expect(decideRelationship(note('2025-01-01T10:00:00.000Z'), started)).toStrictEqual([]);
    expect(
      decideRelationship({ ...note('2026-04-01T10:00:00.000Z'), newRegistryId: 'other' }, started),
    ).toStrictEqual([
      { type: 'RelationshipRenewed', data: { state: { ...started, endsAt: '2028-04-01T10:00:00.000Z' } } },
    ]);
  });
});
