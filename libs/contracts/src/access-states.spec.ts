import {
  AgreementState,
  agreementTermAt,
  ClientState,
  evidenceOf,
  OrganizationState,
  RelationshipState,
} from './access-states.js';
import { validatorOf } from './wire-validator.js';

const readRelationship = validatorOf('RelationshipState', RelationshipState);

describe('A stored relationship', () => {
  /** As the first events have it, for ever. */
  const FIRST = {
    organizationId: 'o1',
    personId: 'p1',
    registryId: 'x1',
    evidence: 'own-submission',
    purposes: ['treatment'],
    startsAt: '2026-01-01T00:00:00Z',
    endsAt: '2028-01-01T00:00:00Z',
  };

  it('with one piece of evidence is read as a list of one', () => {
    expect(evidenceOf(readRelationship(FIRST))).toStrictEqual([
      {
        kind: 'own-submission',
        purposes: ['treatment'],
        startsAt: '2026-01-01T00:00:00Z',
        endsAt: '2028-01-01T00:00:00Z',
      },
    ]);
  });

  it('with a list is read as it is, an empty one too', () => {
    const { evidence: _, ...rest } = FIRST;
    const items = [
      {
        kind: 'roster',
        purposes: ['treatment'],
        startsAt: '2026-01-01T06:00:00.000Z',
        endsAt: '2026-07-01T05:00:00.000Z',
      },
      {
        kind: 'residence',
        purposes: ['reminder'],
        startsAt: '2026-01-01T06:00:00.000Z',
        endsAt: '2026-07-01T05:00:00.000Z',
        cutShort: true,
      },
    ];
    expect(evidenceOf(readRelationship({ ...rest, items }))).toStrictEqual(items);
    const ended = { at: '2026-02-01T00:00:00.000Z', reason: 'moved' };
    expect(evidenceOf(readRelationship({ ...rest, items: [], purposes: [], ended }))).toStrictEqual([]);
    expect(evidenceOf(readRelationship(rest))).toStrictEqual([]);
  });

  it.each([
    { evidence: 'hearsay' },
    { items: [{ kind: 'hearsay', purposes: [], startsAt: FIRST.startsAt, endsAt: FIRST.endsAt }] },
    { items: [{ kind: 'roster', purposes: ['curiosity'], startsAt: FIRST.startsAt, endsAt: FIRST.endsAt }] },
    { items: [{ kind: 'roster', purposes: [], startsAt: 'today', endsAt: FIRST.endsAt }] },
  ])('with what this version does not know is refused: %j', (over) => {
    expect(() => readRelationship({ ...FIRST, ...over })).toThrow();
  });
});

describe('An agreement', () => {
  const term = {
    version: '1',
    signatory: 'A. Lind',
    purposes: ['treatment' as const],
    startsAt: '2026-01-01T00:00:00Z',
    endsAt: '2027-01-01T00:00:00Z',
  };
  const state: AgreementState = { organizationId: 'o1', ...term };
  const next = { ...term, version: '2', startsAt: term.endsAt, endsAt: '2028-01-01T00:00:00Z' };

  it('counts by its renewal from that one’s start on', () => {
    expect(agreementTermAt(state, '2030-01-01T00:00:00.000Z')).toMatchObject({ version: '1' });
    expect(agreementTermAt({ ...state, next }, '2026-12-31T23:59:59.999Z')).toMatchObject({ version: '1' });
    expect(agreementTermAt({ ...state, next }, '2027-01-01T00:00:00.000Z')).toBe(next);
  });
});

describe('What the first versions stored', () => {
  it.each([
    [OrganizationState, { organizationId: 'o1', name: 'Clinic', category: 'provider', status: 'closed' }],
    [
      AgreementState,
      {
        organizationId: 'o1',
        version: '1',
        signatory: 'A. Lind',
        purposes: ['treatment'],
        startsAt: '2026-01-01T00:00:00Z',
        endsAt: '2027-01-01T00:00:00Z',
      },
    ],
    [
      ClientState,
      {
        clientId: 'c1',
        organizationId: 'o1',
        name: 'EHR',
        roles: ['submitter', 'reader'],
        status: 'active',
        keyHash: 'h',
        processingIds: ['P'],
      },
    ],
  ])('is read still', (schema, state) => {
    expect(validatorOf('State', schema)(state)).toBe(state);
  });
});
