import fc from 'fast-check';
import {
  allowsViewer,
  meet,
  OPEN_SETTING,
  sameSetting,
  STOPPABLE,
  tightens,
  type Lock,
  type PrivacySetting,
} from './privacy-setting.js';

/** One more than any lock names: seen through by an open record only. */
const ORGANIZATIONS = ['a', 'b', 'c', 'd'];

const anyLock: fc.Arbitrary<Lock> = fc.oneof(
  fc.constant<Lock>({ kind: 'none' }),
  fc.constantFrom('a', 'b', 'c').map((organizationId): Lock => ({ kind: 'only', organizationId })),
  fc.constant<Lock>({ kind: 'nobody' }),
);
const anySetting: fc.Arbitrary<PrivacySetting> = fc.record(
  {
    lock: anyLock,
    optedOut: fc.boolean(),
    stopped: fc.subarray([...STOPPABLE]),
  },
  { noNullPrototype: true },
);

const viewers = (setting: PrivacySetting): string[] =>
  ORGANIZATIONS.filter((each) => allowsViewer(setting, { organizationId: each }));
/** Who would see the record if the person opted in: what a lock alone lets through. */
const viewersOfLock = ({ lock }: PrivacySetting): string[] => viewers({ ...OPEN_SETTING, lock });
const within = <T>(some: readonly T[], all: readonly T[]): boolean =>
  some.every((each) => all.includes(each));

describe('The viewers of a setting', () => {
  it.each<[string, PrivacySetting, string[]]>([
    ['open', OPEN_SETTING, ORGANIZATIONS],
    ['locked to one', { ...OPEN_SETTING, lock: { kind: 'only', organizationId: 'b' } }, ['b']],
    ['locked to nobody', { ...OPEN_SETTING, lock: { kind: 'nobody' } }, []],
    ['opted out', { ...OPEN_SETTING, optedOut: true }, []],
    [
      'opted out and locked to one',
      { ...OPEN_SETTING, lock: { kind: 'only', organizationId: 'b' }, optedOut: true },
      [],
    ],
  ])('%s', (_name, setting, expected) => expect(viewers(setting)).toStrictEqual(expected));

  it('do not depend on messages', () => {
    fc.assert(
      fc.property(anySetting, (setting) => {
        expect(viewers({ ...setting, stopped: [] })).toStrictEqual(viewers(setting));
      }),
    );
  });
});

describe('The meet of two settings', () => {
  it('of two locks to different holders is nobody', () => {
    const lockTo = (organizationId: string): PrivacySetting => ({
      ...OPEN_SETTING,
      lock: { kind: 'only', organizationId },
    });
    expect(meet(lockTo('a'), lockTo('b')).lock).toStrictEqual({ kind: 'nobody' });
    expect(meet(lockTo('a'), lockTo('a')).lock).toStrictEqual({ kind: 'only', organizationId: 'a' });
    expect(meet(lockTo('a'), OPEN_SETTING).lock).toStrictEqual({ kind: 'only', organizationId: 'a' });
  });

  it('is commutative, associative and idempotent, and open is its neutral element', () => {
    fc.assert(
      fc.property(anySetting, anySetting, anySetting, (a, b, c) => {
        expect(meet(a, b)).toStrictEqual(meet(b, a));
        expect(meet(meet(a, b), c)).toStrictEqual(meet(a, meet(b, c)));
        expect(meet(a, a)).toStrictEqual(a);
        expect(meet(a, OPEN_SETTING)).toStrictEqual(a);
      }),
    );
  });

  it('is never looser than either side', () => {
    fc.assert(
      fc.property(anySetting, anySetting, (a, b) => {
        const both = meet(a, b);
        for (const side of [a, b]) {
          expect(within(viewers(both), viewers(side))).toBe(true);
          expect(within(viewersOfLock(both), viewersOfLock(side))).toBe(true);
          expect(within(side.stopped, both.stopped)).toBe(true);
          expect(side.optedOut && !both.optedOut).toBe(false);
          expect(sameSetting(both, side) || tightens(side, both)).toBe(true);
        }
      }),
    );
  });

  it('is no stricter than it must be', () => {
    fc.assert(
      fc.property(anySetting, anySetting, (a, b) => {
        const shared = viewers(a).filter((each) => viewers(b).includes(each));
        expect(viewers(meet(a, b))).toStrictEqual(shared);
      }),
    );
  });
});

describe('A tightening', () => {
  it('is what takes away viewers or messages in some component and gives none in any', () => {
    fc.assert(
      fc.property(anySetting, anySetting, (before, after) => {
        const stricter =
          within(viewersOfLock(after), viewersOfLock(before)) &&
          within(before.stopped, after.stopped) &&
          (after.optedOut || !before.optedOut);
        expect(tightens(before, after)).toBe(stricter && !sameSetting(before, after));
      }),
      { numRuns: 1_000 },
    );
  });

  it('lets nobody see who did not before', () => {
    fc.assert(
      fc.property(anySetting, anySetting, (before, after) => {
        fc.pre(tightens(before, after));
        expect(within(viewers(after), viewers(before))).toBe(true);
      }),
    );
  });

  it('is a strict order: not of itself, not both ways, and it chains', () => {
    fc.assert(
      fc.property(anySetting, anySetting, anySetting, (a, b, c) => {
        expect(tightens(a, a)).toBe(false);
        expect(tightens(a, b) && tightens(b, a)).toBe(false);
        if (tightens(a, b) && tightens(b, c)) expect(tightens(a, c)).toBe(true);
      }),
      { numRuns: 1_000 },
    );
  });

  it('is no re-lock, and no opt-out that drops a lock', () => {
    const lockedToA: PrivacySetting = { ...OPEN_SETTING, lock: { kind: 'only', organizationId: 'a' } };
    const lockedToB: PrivacySetting = { ...OPEN_SETTING, lock: { kind: 'only', organizationId: 'b' } };
    expect(tightens(lockedToA, lockedToB)).toBe(false);
    expect(tightens(lockedToA, { ...OPEN_SETTING, optedOut: true })).toBe(false);
  });
});
