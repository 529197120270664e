import fc from 'fast-check';
import { endOfLegalDay, startOfLegalDay } from '@registry/legal-day';
import type { EvidenceItem, Relationship } from './access.events.js';
import type { Evidence } from './evidence.js';
import { RELATIONSHIP_POLICY } from './relationship-policy.js';
import { decideRelationship, type RelationshipCommand } from './relationship.decider.js';

const RECEIVED = '2026-01-31T10:00:00.000Z';

const note = (evidence: Evidence, category = 'provider'): RelationshipCommand => ({
  type: 'NoteEvidence',
  organization: { organizationId: 'o', category },
  personId: 'p',
  newRegistryId: 'r',
  evidence,
});
const submitted = (receivedAt = RECEIVED): Evidence => ({ kind: 'own-submission', receivedAt });
const rostered = (from: string, through: string | undefined, receivedAt = RECEIVED): Evidence => ({
  kind: 'roster',
  receivedAt,
  from,
  through,
});
const withItem = (item: EvidenceItem): Relationship => ({
  organizationId: 'o',
  personId: 'p',
  registryId: 'r',
  items: [item],
  purposes: item.purposes,
  startsAt: item.startsAt,
  endsAt: item.endsAt,
});
const OWN: EvidenceItem = {
  kind: 'own-submission',
  purposes: ['treatment'],
  startsAt: RECEIVED,
  endsAt: '2028-01-31T10:00:00.000Z',
};
const started = withItem(OWN);
const stateAfter = (
  commands: readonly RelationshipCommand[],
  policy = RELATIONSHIP_POLICY,
): Relationship | undefined =>
  commands.reduce<Relationship | undefined>((state, command) => {
    const last = decideRelationship(command, state, policy).at(-1);
    return last === undefined ? state : (last.data.state as Relationship);
  }, undefined);

describe('A relationship by own submission', () => {
  it('starts for 24 months, for providers only', () => {
    expect(decideRelationship(note(submitted()), undefined)).toStrictEqual([
      { type: 'RelationshipStarted', data: { state: started } },
    ]);
    expect(decideRelationship(note(submitted(), 'school'), undefined)).toEqual([]);
    const unknown = { ...note(submitted()), organization: undefined } as RelationshipCommand;
    expect(decideRelationship(unknown, undefined)).toEqual([]);
  });

  it('ends on the last day of a shorter month', () => {
    const [event] = decideRelationship(note(submitted('2024-02-29T10:00:00.000Z')), undefined);
    expect(event?.data.state).toMatchObject({ endsAt: '2026-02-28T10:00:00.000Z' });
  });

  it('is renewed at most monthly, keeps its id, and is never shortened', () => {
    expect(decideRelationship(note(submitted('2026-02-15T10:00:00.000Z')), started)).toStrictEqual([]);
    expect(decideRelationship(note(submitted('2025-01-01T10:00:00.000Z')), started)).toStrictEqual([]);
    const later = { ...note(submitted('2026-04-01T10:00:00.000Z')), newRegistryId: 'other' };
    expect(decideRelationship(later as RelationshipCommand, started)).toStrictEqual([
      {
        type: 'RelationshipRenewed',
        data: { state: withItem({ ...OWN, endsAt: '2028-04-01T10:00:00.000Z' }) },
      },
    ]);
  });
});

describe('A relationship by roster', () => {
  it.each([
    ['school', 'school'],
    ['child-care', 'childcare'],
    ['postsecondary', 'postsecondary'],
  ])('of a %s is for %s, to the end of the school year at the latest', (category, purpose) => {
    const [event] = decideRelationship(note(rostered('2025-09-02', '2031-06-05'), category), undefined);
    expect(event).toStrictEqual({
      type: 'RelationshipStarted',
      data: {
        state: withItem({
          kind: 'roster',
          purposes: [purpose],
          startsAt: startOfLegalDay('2025-09-02'),
          endsAt: endOfLegalDay('2026-06-30'),
        }),
      },
    });
  });

  it.each([
    ['before the school year that it is for', '2026-05-20T12:00:00.000Z', '2026-09-01', '2027-06-30'],
    ['in the summer', '2026-07-15T12:00:00.000Z', '2026-07-10', '2027-06-30'],
    ['on the last day of the school year', '2026-06-30T12:00:00.000Z', '2025-09-01', '2026-06-30'],
    // Of the evening in Minnesota, when UTC has the next day already.
    ['in its last hour', '2026-07-01T04:59:00.000Z', '2025-09-01', '2026-06-30'],
  ])('received %s lasts to the end of that one', (_when, receivedAt, from, lastDay) => {
    const [event] = decideRelationship(note(rostered(from, '2040-01-01', receivedAt), 'school'), undefined);
    expect(event?.data.state).toMatchObject({ endsAt: endOfLegalDay(lastDay) });
  });

  it.each([
    ['group-purchaser', 'coverage'],
    ['community-action-agency', 'client-service'],
    ['provider', 'treatment'],
  ])('of a %s is for %s, as it says, and 12 months at most', (category, purpose) => {
    const itemOf = (through: string) => {
      const [event] = decideRelationship(note(rostered('2025-10-01', through), category), undefined);
      return (event?.data.state as Relationship).items[0];
    };
    expect(itemOf('2026-03-31')).toMatchObject({ purposes: [purpose], endsAt: endOfLegalDay('2026-03-31') });
    expect(itemOf('9999-12-30')?.endsAt).toBe('2027-01-31T10:00:00.000Z');
  });

  it.each([
    ['school', '2026-08-24', endOfLegalDay('2027-06-30')],
    ['child-care', '2025-09-02', endOfLegalDay('2026-06-30')],
    ['group-purchaser', '2026-01-31', '2027-01-31T10:00:00.000Z'],
    ['provider', '2026-01-31', '2027-01-31T10:00:00.000Z'],
  ])('of a %s that does not say how long lasts as long as it may', (category, from, endsAt) => {
    const [event] = decideRelationship(note(rostered(from, undefined), category), undefined);
    expect(event?.data.state).toMatchObject({ endsAt });
  });

  it.each([
    ['school', '9999-12-31', '9999-12-31'],
    ['school', '9999-12-31', undefined],
    ['provider', '9999-06-01', undefined],
    ['provider', '2026-01-31', '9999-12-31'],
  ])('of a %s at the end of the calendar breaks nothing', (category, from, through) => {
    expect(() => decideRelationship(note(rostered(from, through), category), undefined)).not.toThrow();
  });

  it.each(['community-health-board', 'commissioner', 'registry-operations'])(
    'of a %s is evidence of nothing',
    (category) =>
      expect(decideRelationship(note(rostered('2025-09-02', '2026-06-05'), category), undefined)).toEqual([]),
  );

  it('that is over, or turned round, starts nothing', () => {
    expect(decideRelationship(note(rostered('2026-03-02', '2026-03-01'), 'school'), undefined)).toEqual([]);
  });

  it('sent again adds nothing, with a later end it renews', () => {
    const first = note(rostered('2026-01-01', '2026-03-31'), 'group-purchaser');
    const state = stateAfter([first]);
    expect(decideRelationship(first, state)).toEqual([]);
    expect(decideRelationship(note(rostered('2026-02-01', '2026-03-31'), 'group-purchaser'), state)).toEqual(
      [],
    );
    const [renewed] = decideRelationship(
      note(rostered('2026-04-01', '2026-04-30'), 'group-purchaser'),
      state,
    );
    expect(renewed).toMatchObject({
      type: 'RelationshipRenewed',
      data: {
        state: { items: [{ startsAt: startOfLegalDay('2026-01-01'), endsAt: endOfLegalDay('2026-04-30') }] },
      },
    });
  });
});

describe('A relationship by attestation or residence', () => {
  it('lasts 30 days, attested by a provider', () => {
    const [event] = decideRelationship(note({ kind: 'attestation', receivedAt: RECEIVED }), undefined);
    expect(event?.data.state).toMatchObject({ purposes: ['treatment'], endsAt: '2026-03-02T10:00:00.000Z' });
    expect(
      decideRelationship(note({ kind: 'attestation', receivedAt: RECEIVED }, 'school'), undefined),
    ).toEqual([]);
  });

  const lives = (receivedAt = RECEIVED) => note({ kind: 'residence', receivedAt }, 'community-health-board');

  it('lasts 12 months, renewed at most monthly, in a community health board’s jurisdiction', () => {
    const state = stateAfter([lives()]);
    expect(state).toMatchObject({
      purposes: ['assessment', 'outbreak', 'reminder'],
      endsAt: '2027-01-31T10:00:00.000Z',
    });
    expect(decideRelationship(lives('2026-02-20T10:00:00.000Z'), state)).toEqual([]);
    expect(decideRelationship(lives('2026-03-31T10:00:00.000Z'), state)[0]?.type).toBe('RelationshipRenewed');
    expect(decideRelationship(note({ kind: 'residence', receivedAt: RECEIVED }), undefined)).toEqual([]);
  });

  it('ends when the person has moved away, and what was known before does not bring it back', () => {
    const moved = { type: 'EndResidence', receivedAt: '2026-06-01T00:00:00.000Z' } as const;
    const state = stateAfter([lives()]);
    const [event] = decideRelationship(moved, state);
    expect(event).toMatchObject({
      type: 'RelationshipEvidenceEnded',
      data: { state: { endsAt: moved.receivedAt, items: [{ endsAt: moved.receivedAt }] } },
    });
    const after = event?.data.state as Relationship;
    expect(decideRelationship(moved, after)).toEqual([]);
    expect(decideRelationship(lives(), after)).toEqual([]);
    expect(decideRelationship(lives('2026-05-30T00:00:00.000Z'), after)).toEqual([]);
    expect(decideRelationship(lives('2026-06-02T00:00:00.000Z'), after)).toMatchObject([
      {
        type: 'RelationshipEvidenceAdded',
        data: { state: { items: [{}, { startsAt: '2026-06-02T00:00:00.000Z' }] } },
      },
    ]);
    expect(decideRelationship(moved, undefined)).toEqual([]);
    expect(decideRelationship(moved, started)).toEqual([]);
  });
});

describe('Several pieces of evidence', () => {
  it('stand beside each other, each with its own term', () => {
    const [event] = decideRelationship(note(rostered('2026-02-01', '2026-04-30')), started);
    expect(event).toStrictEqual({
      type: 'RelationshipEvidenceAdded',
      data: {
        state: {
          ...started,
          items: [
            OWN,
            {
              kind: 'roster',
              purposes: ['treatment'],
              startsAt: startOfLegalDay('2026-02-01'),
              endsAt: endOfLegalDay('2026-04-30'),
            },
          ],
        },
      },
    });
  });
});

describe('A relationship that is ended', () => {
  const AT = '2026-06-01T00:00:00.000Z';
  const end = { type: 'EndRelationship', at: AT, reason: 'moved' } as const;
  const ended: Relationship = {
    ...started,
    items: [],
    purposes: [],
    endsAt: AT,
    ended: { at: AT, reason: 'moved' },
  };

  it('has no evidence left', () => {
    expect(decideRelationship(end, started)).toStrictEqual([
      { type: 'RelationshipEnded', data: { state: ended } },
    ]);
    expect(decideRelationship(end, ended)).toStrictEqual([]);
    expect(() => decideRelationship(end, undefined)).toThrow('DIRECTORY.RELATIONSHIP_UNKNOWN');
  });

  it('starts again under the same id by what comes later, never by what came before', () => {
    expect(decideRelationship(note(submitted(AT)), ended)).toEqual([]);
    expect(decideRelationship(note(submitted('2026-05-31T23:59:59.999Z')), ended)).toEqual([]);
    const again = { ...note(submitted('2026-06-02T00:00:00.000Z')), newRegistryId: 'other' };
    const [event] = decideRelationship(again, ended);
    expect(event).toMatchObject({
      type: 'RelationshipStarted',
      data: { state: { registryId: 'r', purposes: ['treatment'], ended: ended.ended } },
    });
    expect(decideRelationship(note(submitted(AT)), event?.data.state as Relationship)).toEqual([]);
  });
});

describe('Evidence, in whatever order it comes,', () => {
  const DAY = 86_400_000;
  const ORIGIN = Date.parse('2026-01-01T12:00:00.000Z');
  const day = (days: number) => new Date(ORIGIN + days * DAY).toISOString().slice(0, 10);
  const instant = fc.integer({ min: 0, max: 900 }).map((days) => new Date(ORIGIN + days * DAY).toISOString());
  const evidence: fc.Arbitrary<Evidence> = fc.oneof(
    instant.map(submitted),
    instant.map((receivedAt): Evidence => ({ kind: 'attestation', receivedAt })),
    fc
      .tuple(instant, fc.integer({ min: -100, max: 900 }), fc.integer({ min: 0, max: 500 }))
      .map(([receivedAt, from, days]) => rostered(day(from), day(from + days), receivedAt)),
  );
  const permits = (state: Relationship | undefined, purpose: string, at: number): boolean =>
    state?.items.some(
      ({ purposes, startsAt, endsAt }) =>
        purposes.includes(purpose) && Date.parse(startsAt) <= at && at < Date.parse(endsAt),
    ) ?? false;
  const orders = fc
    .array(evidence, { minLength: 1, maxLength: 8 })
    .chain((pieces) =>
      fc.tuple(
        fc.constant(pieces),
        fc.shuffledSubarray(pieces, { minLength: pieces.length, maxLength: pieces.length }),
      ),
    );
  /** Every gain is recorded, so that nothing is left to the order. */
  const exact = {
    ...RELATIONSHIP_POLICY,
    ownSubmission: { ...RELATIONSHIP_POLICY.ownSubmission, renewalDays: 0 },
  };

  it('permits the same', () => {
    fc.assert(
      fc.property(orders, ([one, other]) => {
        expect(
          stateAfter(
            other.map((each) => note(each)),
            exact,
          ),
        ).toStrictEqual(
          stateAfter(
            one.map((each) => note(each)),
            exact,
          ),
        );
      }),
    );
  });

  it('permits the same from its receipt on but for the days that a renewal must gain', () => {
    const slack = RELATIONSHIP_POLICY.ownSubmission.renewalDays * DAY;
    fc.assert(
      fc.property(orders, ([one, other]) => {
        const [first, second] = [one, other].map((order) => stateAfter(order.map((each) => note(each))));
        const latest = Math.max(...one.map(({ receivedAt }) => Date.parse(receivedAt)));
        for (let at = latest; at < latest + 1_000 * DAY; at += 13 * DAY) {
          if (permits(first, 'treatment', at) === permits(second, 'treatment', at)) continue;
          const [longer, shorter] = permits(first, 'treatment', at) ? [first, second] : [second, first];
          expect(permits(longer, 'treatment', at)).toBe(true);
          expect(permits(shorter, 'treatment', at - slack)).toBe(true);
        }
      }),
    );
  });

  it('permits nothing any more once the relationship is ended, however often it is delivered again', () => {
    fc.assert(
      fc.property(fc.array(evidence, { minLength: 1, maxLength: 8 }), (pieces) => {
        const at = new Date(
          Math.max(...pieces.map(({ receivedAt }) => Date.parse(receivedAt))),
        ).toISOString();
        const commands = pieces.map((each) => note(each));
        const first = stateAfter(commands);
        fc.pre(first !== undefined);
        const end = { type: 'EndRelationship', at, reason: 'moved' } as const;
        const ended = stateAfter([...commands, end, ...commands]);
        expect(ended).toMatchObject({ items: [], purposes: [], registryId: first.registryId });
      }),
    );
  });

  it('merges what meets: no two items of a kind touch', () => {
    fc.assert(
      fc.property(fc.array(evidence, { maxLength: 12 }), (pieces) => {
        const items =
          stateAfter(
            pieces.map((each) => note(each)),
            exact,
          )?.items ?? [];
        for (const [index, item] of items.entries()) {
          const next = items[index + 1];
          if (next?.kind === item.kind)
            expect(Date.parse(item.endsAt)).toBeLessThan(Date.parse(next.startsAt));
        }
      }),
    );
  });

  it('is decided on twice without effect', () => {
    fc.assert(
      fc.property(fc.array(evidence, { minLength: 1, maxLength: 8 }), (pieces) => {
        const commands = pieces.map((each) => note(each));
        expect(stateAfter([...commands, ...commands])).toStrictEqual(stateAfter(commands));
      }),
    );
  });
});
