import * as fc from 'fast-check';
import {
  decideReminder,
  NOT_REMINDED_REASONS,
  REMINDER_CHANNELS,
  REMINDER_KINDS,
  type NotRemindedReason,
  type ReminderFacts,
} from './reminder.decider.js';
import { evolveReminder, initialReminderState, lastReminded, type ReminderEvent } from './reminder.events.js';
import { REMINDER_POLICY } from './reminder-policy.js';
import { addressLines, reminderText } from './reminder-text.js';
import { decideParticipation, type ParticipationNoticeGivenData } from './participation.decider.js';

const AT = '2026-06-01T12:00:00.000Z';
const MS_PER_DAY = 86_400_000;
const daysBefore = (days: number, ms = 0): string =>
  new Date(Date.parse(AT) - days * MS_PER_DAY + ms).toISOString();

const OPEN = { isLocked: false, optedOut: false, stopped: [] };
const PERMITTED: ReminderFacts = {
  kind: 'reminder',
  channel: 'letter',
  at: AT,
  agencyIsEntitled: true,
  setting: OPEN,
  underReview: false,
  vitalStatus: 'alive',
};
const { setting: _open, ...NOT_OPEN } = PERMITTED;

const reasonsOf = (facts: ReminderFacts): readonly NotRemindedReason[] => {
  const decision = decideReminder(facts);
  return decision.send ? [] : decision.reasons;
};

describe('Whether a person is reminded', () => {
  /** Each way of not being reminded, alone. */
  const REFUSED: readonly [NotRemindedReason, ReminderFacts][] = [
    ['not-open', NOT_OPEN],
    ['agency-not-entitled', { ...PERMITTED, agencyIsEntitled: false }],
    ['opted-out', { ...PERMITTED, setting: { ...OPEN, optedOut: true } }],
    ['locked', { ...PERMITTED, setting: { ...OPEN, isLocked: true } }],
    ['declined', { ...PERMITTED, setting: { ...OPEN, stopped: ['reminder'] } }],
    ['messages-stopped', { ...PERMITTED, setting: { ...OPEN, stopped: ['message'] } }],
    ['calls-stopped', { ...PERMITTED, channel: 'call', setting: { ...OPEN, stopped: ['call'] } }],
    ['under-review', { ...PERMITTED, underReview: true }],
    ['deceased', { ...PERMITTED, vitalStatus: 'dead' }],
    ['possible-death', { ...PERMITTED, vitalStatus: 'possibly-dead' }],
    ['opted-in-recently', { ...PERMITTED, optedInAt: daysBefore(REMINDER_POLICY.afterOptInDays, 1) }],
    ['reminded-already', { ...PERMITTED, remindedAt: daysBefore(REMINDER_POLICY.intervalDays, 1) }],
  ];

  it('is yes where nothing speaks against it', () => {
    expect(decideReminder(PERMITTED)).toEqual({ send: true, policy: REMINDER_POLICY.version });
  });

  it.each(REFUSED)('is no because %s', (reason, facts) => {
    expect(reasonsOf(facts)).toEqual([reason]);
  });

  it('has a case for every reason', () => {
    expect(REFUSED.map(([reason]) => reason)).toEqual([...NOT_REMINDED_REASONS]);
  });

  const stops = ['reminder', 'recall', 'call', 'message'] as const;
  it.each(
    REMINDER_KINDS.flatMap((kind) =>
      REMINDER_CHANNELS.flatMap((channel) => stops.map((stop) => [kind, channel, stop] as const)),
    ),
  )('a %s by %s when %s is stopped', (kind, channel, stop) => {
    const expected = stop === 'message' || stop === kind || (stop === 'call' && channel === 'call');
    const decision = decideReminder({ ...PERMITTED, kind, channel, setting: { ...OPEN, stopped: [stop] } });
    expect(decision.send).toBe(!expected);
  });

  it('is yes again when the days are over', () => {
    const { afterOptInDays, intervalDays } = REMINDER_POLICY;
    expect(reasonsOf({ ...PERMITTED, optedInAt: daysBefore(afterOptInDays) })).toEqual([]);
    expect(reasonsOf({ ...PERMITTED, remindedAt: daysBefore(intervalDays) })).toEqual([]);
    // A clock that was put back, or what is no time at all, is no reason to send.
    expect(reasonsOf({ ...PERMITTED, remindedAt: daysBefore(-1) })).toEqual(['reminded-already']);
    expect(reasonsOf({ ...PERMITTED, optedInAt: 'never' })).toEqual(['opted-in-recently']);
  });

  const facts = fc.record({
    kind: fc.constantFrom(...REMINDER_KINDS),
    channel: fc.constantFrom(...REMINDER_CHANNELS),
    at: fc.constant(AT),
    agencyIsEntitled: fc.boolean(),
    setting: fc.record({
      isLocked: fc.boolean(),
      optedOut: fc.boolean(),
      stopped: fc.subarray([...stops]),
    }),
    underReview: fc.boolean(),
    vitalStatus: fc.constantFrom('alive' as const, 'possibly-dead' as const, 'dead' as const),
  });

  it('is never yes by something more that speaks against it', () => {
    const worse: readonly ((given: ReminderFacts) => ReminderFacts)[] = REFUSED.map(
      ([, { setting, kind: _kind, channel: _channel, ...other }], index) =>
        (given) => ({
          ...given,
          ...Object.fromEntries(
            Object.entries(other).filter(([key, value]) => value !== PERMITTED[key as keyof ReminderFacts]),
          ),
          ...(index === 0 || setting === undefined || setting === OPEN || given.setting === undefined
            ? {}
            : {
                setting: {
                  isLocked: given.setting.isLocked || setting.isLocked,
                  optedOut: given.setting.optedOut || setting.optedOut,
                  stopped: [...given.setting.stopped, ...setting.stopped],
                },
              }),
        }),
    );
    fc.assert(
      fc.property(facts, fc.constantFrom(...worse), (given, making) => {
        if (!decideReminder(given).send) expect(decideReminder(making(given)).send).toBe(false);
        expect(decideReminder(given)).toEqual(decideReminder(given));
      }),
    );
  });
});

describe('When a person was last reminded of a dose', () => {
  const sent = (reminderId: string, dose: string, at: string): ReminderEvent => ({
    type: 'ReminderSent',
    data: {
      reminderId,
      campaignId: 'k',
      organizationId: 'o',
      dose,
      kind: 'reminder',
      channel: 'letter',
      policy: '1',
      settingRevision: 0,
      at,
    },
  });
  const after = (...events: ReminderEvent[]) =>
    lastReminded(events.reduce(evolveReminder, initialReminderState), 'mmr');

  it.each<[string, ReminderEvent[], string | undefined]>([
    ['sent', [], AT],
    ['confirmed', [{ type: 'ReminderConfirmed', data: { reminderId: 'r' } }], AT],
    ['of unknown outcome', [{ type: 'ReminderUnconfirmed', data: { reminderId: 'r' } }], AT],
    [
      'certainly not delivered',
      [{ type: 'ReminderFailed', data: { reminderId: 'r', reason: 'late' } }],
      undefined,
    ],
  ])('one that is %s', (_name, more, expected) => {
    expect(after(sent('r', 'mmr', AT), ...more)).toBe(expected);
  });

  it('knows doses apart, and takes the last', () => {
    expect(after(sent('a', 'polio', AT))).toBeUndefined();
    expect(after(sent('a', 'mmr', AT), sent('b', 'mmr', daysBefore(9)))).toBe(AT);
  });
});

describe('What a reminder says', () => {
  it('names no vaccine, and in the text nobody', () => {
    const { subject, text } = reminderText('North Shore');
    expect(`${subject} ${text}`).not.toMatch(/MMR|measles|polio|hep|CVX|\d/i);
  });

  const recipient = {
    name: { given: 'Nora', family: 'Olson' },
    birthDate: '2010-03-05',
    address: { street: '1 Elm St', city: 'Duluth', state: 'MN', zip: '55802' },
  };
  it.each([
    ['2028-03-04', 'To the parent or guardian of Nora Olson'],
    ['2028-03-05', 'Nora Olson'],
  ])('goes on %s to %s', (today, first) => {
    expect(addressLines(recipient, today)).toEqual([first, '1 Elm St', 'Duluth, MN 55802']);
  });

  it('is not written without an address', () => {
    expect(addressLines({ ...recipient, address: { city: 'Duluth' } }, '2026-01-01')).toBeUndefined();
    expect(addressLines({ ...recipient, address: { street: '1 Elm St' } }, '2026-01-01')).toBeUndefined();
  });
});

describe('The notice of participation', () => {
  const notice: ParticipationNoticeGivenData = {
    channel: 'handed-over',
    issuer: 'clinic',
    formVersion: '2026-1',
    givenOn: '2026-02-01',
    attestedBy: 'client',
  };

  it('is given, once', () => {
    const events = decideParticipation(notice, [], '2026-02-01');
    expect(events).toEqual([{ type: 'ParticipationNoticeGiven', data: notice }]);
    expect(decideParticipation({ ...notice, attestedBy: 'another client' }, [notice], '2026-02-01')).toEqual(
      [],
    );
    expect(decideParticipation({ ...notice, channel: 'web' }, [notice], '2026-02-01')).toHaveLength(1);
  });

  it('is not given in time to come', () => {
    expect(() => decideParticipation(notice, [], '2026-01-31')).toThrow('NOTICE.GIVEN_IN_FUTURE');
  });
});
