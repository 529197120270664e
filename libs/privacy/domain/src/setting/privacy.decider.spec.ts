import fc from 'fast-check';
import { specOf } from '@registry/testing';
import type { PrivacyCommand } from './privacy.commands.js';
import { decidePrivacy } from './privacy.decider.js';
import type { PrivacyEvent, SettingCause, SettingEvent, SettingEventType } from './privacy.events.js';
import {
  allowsViewer,
  changed,
  OPEN_SETTING,
  type PrivacySetting,
  type SettingChange,
} from './privacy-setting.js';
import { allowsUnderReview, type Review } from './review.js';
import { evolvePrivacy, initialPrivacyState, type PrivacyState } from './privacy.state.js';

const given = specOf<PrivacyCommand, PrivacyEvent, PrivacyState>({
  decide: decidePrivacy,
  evolve: evolvePrivacy,
  initialState: initialPrivacyState,
});

const CAUSE: SettingCause = {
  kind: 'request',
  requestId: 'r1',
  approvedBy: 'help-desk',
  receivedAt: '2026-03-01T10:00:00.000Z',
};
const REGISTRATION: SettingCause = { kind: 'registration' };

const OPENED: SettingEvent = {
  type: 'PrivacyOpened',
  data: { setting: OPEN_SETTING, previousSettingRevision: null, cause: REGISTRATION },
};
const event = (
  type: SettingEventType,
  setting: PrivacySetting,
  previousSettingRevision: number,
): SettingEvent => ({ type, data: { setting, previousSettingRevision, cause: CAUSE } });
/** Later events say what was asked for. */
const asked = (what: SettingChange, { type, data }: SettingEvent): SettingEvent => ({
  type,
  data: { ...data, change: what },
});
const DISCLOSED: PrivacyEvent = {
  type: 'RecordDisclosed',
  data: {
    settingRevision: 0,
    inquiryId: 'i1',
    clientId: 'c1',
    organizationId: 'a',
    purpose: 'treatment',
    policy: 'p@1',
    fields: ['name'],
    decidedAt: '2026-03-01T10:00:00.000Z',
    decidedOn: [],
  },
};
const ABORTED: PrivacyEvent = {
  type: 'DisclosureAborted',
  data: { settingRevision: 0, inquiryId: 'i1', reason: 'late' },
};

const HELD = { kind: 'held', candidates: ['c1'] } as const;
const PROVISIONAL = { kind: 'provisional', candidates: ['c1'], submittedBy: 'a' } as const;

const open: PrivacyCommand = { type: 'OpenPrivacy', cause: REGISTRATION };
const change = (what: SettingChange): PrivacyCommand => ({
  type: 'ChangeSetting',
  change: what,
  cause: CAUSE,
});
const lockTo = (organizationId: string): PrivacySetting => ({
  ...OPEN_SETTING,
  lock: { kind: 'only', organizationId },
});

describe('Opening privacy', () => {
  it('makes a person readable', () => given().when(open).then(OPENED));
  it('happens once', () => given(OPENED).when(open).thenNothing());
  it('is fulfilled when the setting has changed since', () =>
    given(OPENED, event('RecordLocked', lockTo('a'), 0))
      .when(open)
      .thenNothing());
});

describe('Changing a setting', () => {
  const declined: PrivacySetting = { ...OPEN_SETTING, stopped: ['recall', 'reminder'] };
  const cases: [SettingChange, SettingEvent[], SettingEventType, PrivacySetting][] = [
    [{ kind: 'lock', organizationId: 'a' }, [], 'RecordLocked', lockTo('a')],
    [{ kind: 're-lock', organizationId: 'a' }, [], 'RecordLocked', lockTo('a')],
    [
      { kind: 'lock', organizationId: 'b' },
      [event('RecordLocked', lockTo('a'), 0)],
      'RecordRelocked',
      lockTo('b'),
    ],
    [
      { kind: 're-lock', organizationId: 'b' },
      [event('RecordLocked', lockTo('a'), 0)],
      'RecordRelocked',
      lockTo('b'),
    ],
    [{ kind: 'unlock' }, [event('RecordLocked', lockTo('a'), 0)], 'RecordUnlocked', OPEN_SETTING],
    [{ kind: 'opt-out' }, [], 'OptedOut', { ...OPEN_SETTING, optedOut: true }],
    [
      { kind: 'opt-in' },
      [event('OptedOut', { ...OPEN_SETTING, optedOut: true }, 0)],
      'OptedIn',
      OPEN_SETTING,
    ],
    [{ kind: 'decline-reminders' }, [], 'RemindersDeclined', declined],
    [
      { kind: 'accept-reminders' },
      [event('RemindersDeclined', declined, 0)],
      'RemindersAccepted',
      OPEN_SETTING,
    ],
  ];

  it.each(cases)('%j after %j', (what, before, type, setting) => {
    const changedEvent = asked(what, event(type, setting, before.length));
    given(OPENED, ...before)
      .when(change(what))
      .then(changedEvent);
    // Repeated, also when the record has been read since.
    given(OPENED, ...before, changedEvent)
      .when(change(what))
      .thenNothing();
    given(OPENED, ...before, changedEvent, DISCLOSED, ABORTED)
      .when(change(what))
      .thenNothing();
    // Nobody to change it for.
    given().when(change(what)).thenRefused('PRIVACY.NOT_OPENED');
  });

  it('names the setting event before it, not the disclosure before it', () =>
    given(OPENED, DISCLOSED, ABORTED, event('RecordLocked', lockTo('a'), 0), DISCLOSED)
      .when(change({ kind: 'unlock' }))
      .then(asked({ kind: 'unlock' }, event('RecordUnlocked', OPEN_SETTING, 3))));

  it('leaves an earlier lock standing at an opt-in', () => {
    const hidden: PrivacySetting = { ...lockTo('a'), optedOut: true };
    given(OPENED, event('RecordLocked', lockTo('a'), 0), event('OptedOut', hidden, 1))
      .when(change({ kind: 'opt-in' }))
      .then(asked({ kind: 'opt-in' }, event('OptedIn', lockTo('a'), 2)));
  });

  it('lets an unlock while opted out show nothing', () => {
    const hidden: PrivacySetting = { ...lockTo('a'), optedOut: true };
    given(OPENED, event('RecordLocked', lockTo('a'), 0), event('OptedOut', hidden, 1))
      .when(change({ kind: 'unlock' }))
      .then(asked({ kind: 'unlock' }, event('RecordUnlocked', { ...OPEN_SETTING, optedOut: true }, 2)));
  });

  it('that does not only tighten is refused to whoever may not loosen', () => {
    const cautious = (what: SettingChange): PrivacyCommand => ({
      ...(change(what) as Extract<PrivacyCommand, { type: 'ChangeSetting' }>),
      mayLoosen: false,
    });
    const locked = event('RecordLocked', lockTo('a'), 0);
    for (const what of [{ kind: 'unlock' }, { kind: 're-lock', organizationId: 'b' }] as const)
      given(OPENED, locked).when(cautious(what)).thenRefused('PRIVACY.LOOSENING_NOT_ALLOWED');
    const declined = { ...lockTo('a'), stopped: ['recall', 'reminder'] as const };
    given(OPENED, locked)
      .when(cautious({ kind: 'decline-reminders' }))
      .then(asked({ kind: 'decline-reminders' }, event('RemindersDeclined', declined, 1)));
    given(OPENED, locked)
      .when(cautious({ kind: 'lock', organizationId: 'a' }))
      .thenNothing();
  });

  it('keeps that the person is under review, and which links a record must reflect', () => {
    const state = { ...OPENED.data, review: HELD, linksRevision: 7 };
    given({ type: 'PrivacyOpened', data: state })
      .when(change({ kind: 'opt-out' }))
      .then({
        type: 'OptedOut',
        data: {
          ...state,
          setting: { ...OPEN_SETTING, optedOut: true },
          previousSettingRevision: 0,
          cause: CAUSE,
          change: { kind: 'opt-out' },
        },
      });
  });

  it('drops the earlier holder in the event that names the new one', () => {
    const [relocked] = decidePrivacy(change({ kind: 're-lock', organizationId: 'b' }), {
      status: 'opened',
      setting: lockTo('a'),
      settingRevision: 1,
    });
    expect(relocked && allowsViewer(relocked.data.setting, { organizationId: 'a' })).toBe(false);
    expect(relocked && allowsViewer(relocked.data.setting, { organizationId: 'b' })).toBe(true);
  });

  it('keeps messages stopped that reminders are not about', () => {
    const stopped: PrivacySetting = { ...OPEN_SETTING, stopped: ['call', 'recall', 'reminder'] };
    expect(changed(stopped, { kind: 'accept-reminders' })).toStrictEqual({
      ...OPEN_SETTING,
      stopped: ['call'],
    });
  });
});

describe('The laws of the privacy decider', () => {
  const anyChange: fc.Arbitrary<SettingChange> = fc.oneof(
    fc.record({
      kind: fc.constantFrom('lock' as const, 're-lock' as const),
      organizationId: fc.constantFrom('a', 'b', 'c'),
    }),
    fc.record({
      kind: fc.constantFrom(
        'unlock' as const,
        'opt-out' as const,
        'opt-in' as const,
        'decline-reminders' as const,
        'accept-reminders' as const,
      ),
    }),
  );
  /** What a stream can hold: commands decided one after the other, with disclosures between them. */
  const anyHistory = fc.array(fc.oneof(anyChange, fc.constant('read' as const)), { maxLength: 30 });
  const stream = (steps: readonly (SettingChange | 'read')[]): PrivacyEvent[] => {
    const events: PrivacyEvent[] = [OPENED];
    for (const step of steps) {
      events.push(...(step === 'read' ? [DISCLOSED] : decidePrivacy(change(step), replay(events))));
    }
    return events;
  };
  const replay = (events: readonly PrivacyEvent[]): PrivacyState =>
    events.reduce<PrivacyState>(evolvePrivacy, initialPrivacyState);

  it('decides twice as once', () => {
    fc.assert(
      fc.property(anyHistory, anyChange, (steps, what) => {
        const events = stream(steps);
        const first = decidePrivacy(change(what), replay(events));
        expect(first.length).toBeLessThanOrEqual(1);
        expect(decidePrivacy(change(what), replay([...events, ...first]))).toStrictEqual([]);
      }),
    );
  });

  it('replays twice to the same', () => {
    fc.assert(
      fc.property(anyHistory, (steps) => {
        const events = stream(steps);
        expect(replay(events)).toStrictEqual(replay(events));
      }),
    );
  });

  it('carries in each setting event what a replay up to it gives', () => {
    fc.assert(
      fc.property(anyHistory, (steps) => {
        const events = stream(steps);
        let latest: number | null = null;
        for (const [revision, { data }] of events.entries()) {
          if (!('setting' in data)) continue;
          expect(data.previousSettingRevision).toBe(latest);
          expect(replay(events.slice(0, revision + 1))).toStrictEqual({
            status: 'opened',
            setting: data.setting,
            settingRevision: revision,
          });
          latest = revision;
        }
      }),
    );
  });

  it('never throws on an event, in whatever order', () => {
    fc.assert(
      fc.property(anyHistory, fc.integer({ min: 0, max: 30 }), (steps, from) => {
        expect(() => replay(stream(steps).slice(from).reverse())).not.toThrow();
      }),
    );
  });

  it('shows the record to nobody after an opt-out, and to one at most after a lock, until that is undone', () => {
    fc.assert(
      fc.property(anyHistory, anyChange, (steps, what) => {
        const state = replay(stream([...steps, what]));
        const viewers = ['a', 'b', 'c'].filter(
          (each) => state.status === 'opened' && allowsViewer(state.setting, { organizationId: each }),
        );
        if (what.kind === 'opt-out') expect(viewers).toStrictEqual([]);
        if ('organizationId' in what) {
          expect([what.organizationId]).toEqual(expect.arrayContaining(viewers));
        }
      }),
    );
  });
});

describe('A person under review', () => {
  const cause: SettingCause = { kind: 'review', reviewId: 'v1' };
  const opened = (review: Review): SettingEvent => ({
    type: 'PrivacyOpened',
    data: { ...OPENED.data, review },
  });
  const tighten = (review: Review): PrivacyCommand => ({ type: 'TightenReview', review, cause });
  const after = (type: SettingEventType, review: Review | undefined): SettingEvent => ({
    type,
    data: {
      setting: OPEN_SETTING,
      previousSettingRevision: 0,
      cause,
      ...(review === undefined ? {} : { review }),
    },
  });

  it('is so from its opening', () =>
    given().when({ type: 'OpenPrivacy', cause: REGISTRATION, review: HELD }).then(opened(HELD)));

  it('is seen by fewer when more is known of a candidate, never by more', () => {
    const locked: Review = { ...PROVISIONAL, onlySubmitter: true };
    given(opened(PROVISIONAL)).when(tighten(locked)).then(after('ReviewTightened', locked));
    given(opened(locked)).when(tighten(HELD)).then(after('ReviewTightened', HELD));
    given(opened(HELD)).when(tighten(locked)).thenNothing();
    given(opened(locked)).when(tighten(locked)).thenNothing();
    given(OPENED).when(tighten(HELD)).thenNothing();
  });

  it('is so no more when somebody has looked', () => {
    given(opened(HELD)).when({ type: 'EndReview', cause }).then(after('ReviewEnded', undefined));
    given(OPENED).when({ type: 'EndReview', cause }).thenNothing();
    given().when({ type: 'EndReview', cause }).thenRefused('PRIVACY.NOT_OPENED');
  });

  it('is seen by nobody while held, and by the submitter alone while a candidate is locked', () => {
    const readers = (review: Review | undefined) =>
      ['a', 'b'].filter((organizationId) => allowsUnderReview(review, organizationId));
    expect(readers(undefined)).toEqual(['a', 'b']);
    expect(readers(PROVISIONAL)).toEqual(['a', 'b']);
    expect(readers({ ...PROVISIONAL, onlySubmitter: true })).toEqual(['a']);
    expect(readers({ kind: 'provisional', candidates: ['c1'], onlySubmitter: true })).toEqual([]);
    expect(readers(HELD)).toEqual([]);
  });
});

describe('A person merged into another', () => {
  const FOLLOWS: PrivacyEvent = {
    type: 'SettingFollows',
    data: { settingRevision: 0, survivorId: 's', mergeId: 'm1' },
  };
  const cause: SettingCause = { kind: 'unmerge', mergeId: 'm1', survivorId: 's', absorbedId: 'p' };
  const restore: PrivacyCommand = {
    type: 'RestoreSetting',
    setting: lockTo('a'),
    linksRevision: 9,
    cause,
    previousSettingRevision: 0,
  };

  it('has no setting of its own to change', () => {
    given(OPENED, FOLLOWS)
      .when(change({ kind: 'opt-out' }))
      .thenRefused('PRIVACY.FOLLOWS');
    given(OPENED, FOLLOWS).when(open).thenNothing();
  });

  it('has one again after an un-merge, once', () => {
    const restored: SettingEvent = {
      type: 'SettingRestored',
      data: { setting: lockTo('a'), linksRevision: 9, cause, previousSettingRevision: 0 },
    };
    given(OPENED, FOLLOWS).when(restore).then(restored);
    given(OPENED, FOLLOWS, restored).when(restore).thenNothing();
  });
});
