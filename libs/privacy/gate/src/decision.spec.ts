import fc from 'fast-check';
import {
  ORGANIZATION_CATEGORIES,
  PURPOSES,
  type EvidenceItem,
  type PurposeOfUse,
  type RelationshipState,
  type UserState,
} from '@registry/contracts';
import { allowsViewer, OPEN_SETTING, type PrivacySetting, type PrivacyState } from '@registry/privacy-domain';
import { clinicAccess } from '@registry/testing';
import { decideDisclosure, type DecisionFacts, type DenialReason } from './decision.js';
import { MN_EXCHANGE_1 } from './disclosure-policy.js';

const AT = '2026-03-01T12:00:00.000Z';
const { organization, agreement, client, relationship } = clinicAccess('clinic-a', 'person-1');
const opened = (setting: PrivacySetting): PrivacyState => ({ status: 'opened', setting, settingRevision: 0 });

const PERMITTED: DecisionFacts = {
  requester: { clientId: client.clientId, organizationId: 'clinic-a' },
  purpose: 'treatment',
  personId: 'person-1',
  at: AT,
  organization,
  agreement,
  client,
  relationship,
  privacy: opened(OPEN_SETTING),
};
const decide = (facts: Partial<DecisionFacts>) => decideDisclosure({ ...PERMITTED, ...facts }, MN_EXCHANGE_1);

describe('A disclosure', () => {
  it('is permitted when everything stands, with the fields of its purpose', () => {
    expect(decide({})).toStrictEqual({
      permit: true,
      policy: 'mn-exchange-1@1',
      fields: MN_EXCHANGE_1.fields.treatment,
      registryId: relationship.registryId,
    });
  });

  it('is permitted to the holder of a lock', () => {
    const lockedToA = opened({ ...OPEN_SETTING, lock: { kind: 'only', organizationId: 'clinic-a' } });
    expect(decide({ privacy: lockedToA }).permit).toBe(true);
  });

  it('does not depend on stopped messages', () => {
    const silent = opened({ ...OPEN_SETTING, stopped: ['call', 'message', 'recall', 'reminder'] });
    expect(decide({ privacy: silent }).permit).toBe(true);
  });

  const over = { startsAt: '2020-01-01T00:00:00.000Z', endsAt: AT };
  const toCome = { startsAt: '2026-03-01T12:00:00.001Z', endsAt: '2040-01-01T00:00:00.000Z' };
  const noTime = { startsAt: '', endsAt: '~' };

  it.each<[string, DenialReason, Partial<DecisionFacts>]>([
    ['the client is revoked', 'client-inactive', { client: { ...client, status: 'revoked' } }],
    ['the client is another', 'client-inactive', { client: { ...client, clientId: 'other' } }],
    [
      'the client is of another organization',
      'client-inactive',
      { client: { ...client, organizationId: 'clinic-b' } },
    ],
    ['the client only submits', 'client-not-a-reader', { client: { ...client, roles: ['submitter'] } }],
    ['the client has no role', 'client-not-a-reader', { client: { ...client, roles: [] } }],
    [
      'the organization is closed',
      'organization-not-active',
      { organization: { ...organization, status: 'closed' } },
    ],
    [
      'the organization was acquired',
      'organization-not-active',
      {
        organization: {
          ...organization,
          status: 'acquired',
          acquired: { byOrganizationId: 'clinic-b', on: '2026-02-01' },
        },
      },
    ],
    [
      'the organization is another',
      'organization-not-active',
      { organization: { ...organization, organizationId: 'clinic-b' } },
    ],
    [
      'the category may not state the purpose',
      'purpose-not-for-category',
      { organization: { ...organization, category: 'school' } },
    ],
    [
      'the registry’s own staff ask',
      'purpose-not-for-category',
      { organization: { ...organization, category: 'registry-operations' } },
    ],
    ['the agreement has ended', 'agreement-not-in-force', { agreement: { ...agreement, ...over } }],
    ['the agreement is to come', 'agreement-not-in-force', { agreement: { ...agreement, ...toCome } }],
    ['the agreement has no term', 'agreement-not-in-force', { agreement: { ...agreement, ...noTime } }],
    [
      'the agreement does not list the purpose',
      'purpose-not-in-agreement',
      { agreement: { ...agreement, purposes: ['reminder'] } },
    ],
    ['the relationship has ended', 'no-relationship', { relationship: { ...relationship, ...over } }],
    ['the relationship is to come', 'no-relationship', { relationship: { ...relationship, ...toCome } }],
    [
      'the relationship is another’s',
      'no-relationship',
      { relationship: { ...relationship, organizationId: 'clinic-b' } },
    ],
    [
      'the relationship is for something else',
      'purpose-not-in-relationship',
      { relationship: { ...relationship, purposes: [] } },
    ],
    ['the person is not opened', 'not-readable', { privacy: { status: 'unopened' } }],
    ['the person opted out', 'person-setting', { privacy: opened({ ...OPEN_SETTING, optedOut: true }) }],
    [
      'the record is locked to another',
      'person-setting',
      { privacy: opened({ ...OPEN_SETTING, lock: { kind: 'only', organizationId: 'clinic-b' } }) },
    ],
    [
      'the record is locked to nobody',
      'person-setting',
      { privacy: opened({ ...OPEN_SETTING, lock: { kind: 'nobody' } }) },
    ],
    [
      'the person locked to the requester, then opted out',
      'person-setting',
      {
        privacy: opened({
          ...OPEN_SETTING,
          lock: { kind: 'only', organizationId: 'clinic-a' },
          optedOut: true,
        }),
      },
    ],
  ])('is denied for one reason alone when %s', (_when, reason, facts) => {
    expect(decide(facts)).toStrictEqual({ permit: false, reasons: [reason] });
  });

  it('lists every reason that applies', () => {
    expect(
      decide({
        client: { ...client, status: 'revoked' },
        privacy: opened({ ...OPEN_SETTING, optedOut: true }),
      }),
    ).toStrictEqual({ permit: false, reasons: ['client-inactive', 'person-setting'] });
  });

  it.each([
    // Written with and without fractions of a second: the order of the texts is not the order of the instants.
    ['2026-03-01T12:00:00Z', '2026-03-01T11:59:59.999Z', true],
    ['2026-03-01T12:00:00Z', '2026-03-01T12:00:00.000Z', false],
    ['2026-03-01T12:00:00Z', '2026-03-01T12:00:00.500Z', false],
    ['2026-03-01T12:00:00.000Z', '2026-03-01T12:00:00.000Z', false],
  ])('under a term that ends at %s is permitted at %s: %s', (endsAt, at, permit) => {
    expect(decide({ at, agreement: { ...agreement, endsAt } }).permit).toBe(permit);
    expect(decide({ at, relationship: { ...relationship, endsAt } }).permit).toBe(permit);
  });

  it.each([
    ['2026-03-01T12:00:00Z', '2026-03-01T12:00:00.000Z', true],
    ['2026-03-01T12:00:00Z', '2026-03-01T11:59:59.999Z', false],
  ])('under a term that starts at %s is permitted at %s: %s', (startsAt, at, permit) => {
    expect(decide({ at, agreement: { ...agreement, startsAt } }).permit).toBe(permit);
  });

  it('gives no purpose a field that the category’s purposes do not name', () => {
    for (const category of ORGANIZATION_CATEGORIES) {
      for (const purpose of PURPOSES) {
        const decision = decide({
          purpose,
          organization: { ...organization, category },
          agreement: { ...agreement, purposes: [...PURPOSES] },
          relationship: { ...relationship, purposes: [...PURPOSES] },
        });
        const listed = MN_EXCHANGE_1.purposes[category].includes(purpose);
        expect(decision.permit).toBe(listed);
        if (decision.permit) expect(decision.fields).toStrictEqual(MN_EXCHANGE_1.fields[purpose]);
      }
    }
  });

  it.each(['school', 'childcare', 'postsecondary', 'coverage', 'client-service'] as const)(
    'for %s has no address',
    (purpose) => expect(MN_EXCHANGE_1.fields[purpose]).not.toContain('addresses'),
  );

  describe('under an agreement with a renewal', () => {
    const next = { ...agreement, startsAt: AT, endsAt: '2040-01-01T00:00:00.000Z', purposes: [...PURPOSES] };
    const before = '2026-03-01T11:59:59.999Z';

    it('counts by the renewal from its start on', () => {
      const lapsing = { ...agreement, endsAt: AT };
      expect(decide({ agreement: lapsing }).permit).toBe(false);
      expect(decide({ agreement: { ...lapsing, next } }).permit).toBe(true);
      expect(decide({ at: before, agreement: { ...lapsing, next } }).permit).toBe(true);
    });

    it('has the purposes of the term that counts', () => {
      const narrowed = { ...agreement, next: { ...next, purposes: ['reminder' as const] } };
      expect(decide({ at: before, agreement: narrowed }).permit).toBe(true);
      expect(decide({ agreement: narrowed })).toStrictEqual({
        permit: false,
        reasons: ['purpose-not-in-agreement'],
      });
    });

    it('is denied in a gap between the two', () => {
      const gap = { ...agreement, endsAt: before, next: { ...next, startsAt: '2026-03-02T00:00:00.000Z' } };
      expect(decide({ agreement: gap })).toStrictEqual({
        permit: false,
        reasons: ['agreement-not-in-force'],
      });
    });
  });

  describe('for a user', () => {
    const user: UserState = {
      userId: 'user-1',
      organizationId: 'clinic-a',
      name: 'Robin Lind',
      email: 'robin@clinic.example',
      roles: ['reader'],
      status: 'active',
    };
    const requester = { ...PERMITTED.requester, userId: 'user-1' };

    it('is permitted to an active reader of the organization', () => {
      expect(decide({ requester, user }).permit).toBe(true);
      expect(decide({ requester, user, client: { ...client, actsForUsers: true } }).permit).toBe(true);
    });

    it.each<[string, DenialReason, Partial<UserState>]>([
      ['is deactivated', 'user-inactive', { status: 'deactivated' }],
      ['is another', 'user-inactive', { userId: 'user-2' }],
      ['is of another organization', 'user-inactive', { organizationId: 'clinic-b' }],
      ['only submits', 'user-not-a-reader', { roles: ['submitter'] }],
    ])('is denied for one reason alone when the user %s', (_what, reason, over) => {
      expect(decide({ requester, user: { ...user, ...over } })).toStrictEqual({
        permit: false,
        reasons: [reason],
      });
    });

    it('is denied when nobody knows the user, or the client must name one and does not', () => {
      expect(decide({ requester, user: undefined })).toStrictEqual({
        permit: false,
        reasons: ['user-inactive', 'user-not-a-reader'],
      });
      expect(decide({ client: { ...client, actsForUsers: true } })).toStrictEqual({
        permit: false,
        reasons: ['user-not-stated'],
      });
    });
  });

  describe('by several pieces of evidence', () => {
    const past = { startsAt: '2024-01-01T00:00:00.000Z', endsAt: AT };
    const now = { startsAt: '2026-01-01T00:00:00.000Z', endsAt: '2026-03-01T12:00:00.001Z' };
    const toCome = { startsAt: '2026-03-01T12:00:00.001Z', endsAt: '2040-01-01T00:00:00.000Z' };
    const by = (...items: EvidenceItem[]): RelationshipState => {
      const { evidence: _, ...rest } = relationship;
      // Purposes and term of the whole are of no effect.
      return { ...rest, purposes: [...PURPOSES], items };
    };
    const item = (
      term: Pick<EvidenceItem, 'startsAt' | 'endsAt'>,
      ...purposes: PurposeOfUse[]
    ): EvidenceItem => ({
      kind: 'roster',
      purposes,
      ...term,
    });

    it('is permitted by one that lasts and is for the purpose', () => {
      expect(decide({ relationship: by(item(now, 'treatment')) }).permit).toBe(true);
      expect(decide({ relationship: by(item(past, 'treatment'), item(now, 'treatment')) }).permit).toBe(true);
    });

    it.each<[DenialReason, EvidenceItem[]]>([
      ['no-relationship', [item(past, 'treatment'), item(toCome, 'treatment')]],
      ['purpose-not-in-relationship', [item(now, 'reminder'), item(past, 'treatment')]],
      ['purpose-not-in-relationship', [item(now, 'reminder'), item(toCome, 'treatment')]],
    ])('is denied by %s: %j', (reason, items) => {
      expect(decide({ relationship: by(...items) })).toStrictEqual({ permit: false, reasons: [reason] });
    });

    it('is never permitted without any', () => {
      expect(decide({ relationship: by() })).toStrictEqual({
        permit: false,
        reasons: ['no-relationship', 'purpose-not-in-relationship'],
      });
      const { evidence: _, ...neither } = relationship;
      expect(decide({ relationship: neither }).permit).toBe(false);
    });

    it('does not depend on their order', () => {
      const items = fc.array(
        fc
          .tuple(fc.constantFrom(past, now, toCome), fc.subarray<PurposeOfUse>(['treatment', 'reminder']))
          .map(([term, purposes]) => item(term, ...purposes)),
        { maxLength: 6 },
      );
      const shuffled = items.chain((each) =>
        fc.tuple(
          fc.constant(each),
          fc.shuffledSubarray(each, { minLength: each.length, maxLength: each.length }),
        ),
      );
      fc.assert(
        fc.property(shuffled, ([one, other]) => {
          const decision = decide({ relationship: by(...one) });
          expect(decide({ relationship: by(...other) })).toStrictEqual(decision);
          expect(decision.permit).toBe(
            one.some(({ startsAt, purposes }) => startsAt === now.startsAt && purposes.includes('treatment')),
          );
        }),
      );
    });
  });

  it('is denied by default: no permit where any fact is missing or the setting forbids', () => {
    const instant = fc
      .integer({ min: -2, max: 2 })
      .map((days) => new Date(Date.parse(AT) + days * 86_400_000).toISOString());
    const term = fc.record({ startsAt: instant, endsAt: instant });
    const maybe = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
      fc.oneof({ weight: 9, arbitrary: value }, { weight: 1, arbitrary: fc.constant(undefined) });
    const often = <T>(usual: T, ...others: T[]): fc.Arbitrary<T> =>
      fc.oneof({ weight: 8, arbitrary: fc.constant(usual) }, fc.constantFrom(usual, ...others));
    const usualTerm = { startsAt: '2020-01-01T00:00:00.000Z', endsAt: '2040-01-01T00:00:00.000Z' };
    const anyTerm = fc.oneof({ weight: 4, arbitrary: fc.constant(usualTerm) }, term);
    const anyOrganization = often('clinic-a', 'clinic-b');
    const purposes = fc.oneof(
      { weight: 4, arbitrary: fc.constant<PurposeOfUse[]>(['treatment']) },
      fc.subarray([...PURPOSES]),
    );
    const facts: fc.Arbitrary<DecisionFacts> = fc.record({
      requester: fc.record({ clientId: often('c1', 'c2'), organizationId: anyOrganization }),
      purpose: often('treatment', ...PURPOSES),
      personId: often('person-1', 'person-2'),
      at: fc.constant(AT),
      client: maybe(
        fc.record({
          ...constants(client),
          clientId: often('c1', 'c2'),
          organizationId: anyOrganization,
          status: often('active', 'revoked'),
          roles: often(['reader'], [], ['submitter']),
        }),
      ),
      organization: maybe(
        fc.record({
          ...constants(organization),
          organizationId: anyOrganization,
          category: often('provider', ...ORGANIZATION_CATEGORIES),
          status: often('active', 'closed'),
        }),
      ),
      agreement: maybe(
        fc.tuple(purposes, anyTerm, anyOrganization).map(([listed, dates, organizationId]) => ({
          ...agreement,
          ...dates,
          organizationId,
          purposes: listed,
        })),
      ),
      relationship: maybe(
        fc.tuple(purposes, anyTerm, anyOrganization).map(([listed, dates, organizationId]) => ({
          ...relationship,
          ...dates,
          organizationId,
          purposes: listed,
        })),
      ),
      privacy: fc.oneof(fc.constant<PrivacyState>({ status: 'unopened' }), {
        weight: 9,
        arbitrary: fc
          .record({
            lock: fc.oneof(
              { weight: 3, arbitrary: fc.constant({ kind: 'none' } as const) },
              anyOrganization.map((organizationId) => ({ kind: 'only', organizationId }) as const),
              fc.constant({ kind: 'nobody' } as const),
            ),
            optedOut: often(false, true),
            stopped: fc.constant([]),
          })
          .map(opened),
      }),
    });
    const seen = { permits: 0, denials: 0 };
    const inForce = ({ startsAt, endsAt }: { startsAt: string; endsAt: string }, at: string): boolean =>
      new Date(startsAt) <= new Date(at) && new Date(at) < new Date(endsAt);
    fc.assert(
      fc.property(facts, (each) => {
        const { requester, purpose, at } = each;
        const needed = [
          each.client?.status === 'active',
          each.client?.roles.includes('reader'),
          each.client?.clientId === requester.clientId,
          each.client?.organizationId === requester.organizationId,
          each.organization?.status === 'active',
          each.organization?.organizationId === requester.organizationId,
          each.organization && MN_EXCHANGE_1.purposes[each.organization.category].includes(purpose),
          each.agreement && inForce(each.agreement, at),
          each.agreement?.organizationId === requester.organizationId,
          each.agreement?.purposes.includes(purpose),
          each.relationship && inForce(each.relationship, at),
          each.relationship?.organizationId === requester.organizationId,
          each.relationship?.personId === each.personId,
          each.relationship?.purposes.includes(purpose),
          each.privacy.status === 'opened' && allowsViewer(each.privacy.setting, requester),
        ];
        const { permit } = decideDisclosure(each, MN_EXCHANGE_1);
        seen[permit ? 'permits' : 'denials'] += 1;
        expect(permit).toBe(needed.every((fact) => fact === true));
      }),
      { numRuns: 5_000 },
    );
    expect(Math.min(seen.permits, seen.denials)).toBeGreaterThan(50);
  });
});

const constants = <T extends object>(values: T): { [Key in keyof T]: fc.Arbitrary<T[Key]> } =>
  Object.fromEntries(Object.entries(values).map(([key, value]) => [key, fc.constant(value)])) as {
    [Key in keyof T]: fc.Arbitrary<T[Key]>;
  };
