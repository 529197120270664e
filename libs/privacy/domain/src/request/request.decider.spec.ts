import fc from 'fast-check';
import { specOf } from '@registry/testing';
import { PrivacyError } from '../privacy-error.js';
import { authorityOf } from './authority.js';
import type { RequestCommand } from './request.commands.js';
import { decideRequest } from './request.decider.js';
import type { RequestEvent } from './request.events.js';
import { evolveRequest, initialRequestState, type RequestState } from './request.state.js';

const given = specOf<RequestCommand, RequestEvent, RequestState>({
  decide: decideRequest,
  evolve: evolveRequest,
  initialState: initialRequestState,
});

const FORM = {
  capacity: 'self',
  sealedForm: 'sealed',
  digest: 'digest',
  submittedBy: 'web-form',
  receivedAt: '2026-03-01T10:00:00.000Z',
  dueAt: '2026-03-08T10:00:00.000Z',
} as const;

const ASKED = { type: 'SubmitRequest', authority: 'stands', ...FORM } as const;
const submit = { change: { kind: 'opt-out' }, ...ASKED } as const satisfies RequestCommand;
const verify = {
  type: 'VerifyRequest',
  verifiedBy: 'desk-1',
  evidence: 'id-card',
  authority: 'stands',
} as const satisfies RequestCommand;
const approve = {
  type: 'ApproveRequest',
  approvedBy: 'desk-2',
  authority: 'stands',
} as const satisfies RequestCommand;
const reject: RequestCommand = { type: 'RejectRequest', rejectedBy: 'desk-2', reason: 'no-authority' };
const applied: RequestCommand = { type: 'RecordApplied', personId: 'p1', settingRevision: 4 };
const review: RequestCommand = { type: 'SendToReview', candidates: ['p1', 'p2'] };
const choose: RequestCommand = { type: 'ChooseCandidate', candidate: 1, approvedBy: 'desk-2' };
const ended: RequestCommand = { type: 'EndWithAuthority', foundBy: 'reactor' };
const replace: RequestCommand = { type: 'ReplaceRequest', by: 'r2' };
const watch: RequestCommand = { type: 'Watch' };
const second: RequestCommand = { type: 'AskForSecond', resolved: { personId: 'p1' } };
const dispute: RequestCommand = { type: 'Dispute', resolved: { personId: 'p1' } };
const COMMANDS = {
  submit,
  verify,
  approve,
  reject,
  applied,
  review,
  choose,
  ended,
  replace,
  watch,
  second,
  dispute,
};

const Submitted = {
  type: 'PrivacyRequestSubmitted',
  data: { change: { kind: 'opt-out' }, ...FORM },
} as const satisfies RequestEvent;
const Verified: RequestEvent = {
  type: 'PrivacyRequestVerified',
  data: { verifiedBy: 'desk-1', evidence: 'id-card' },
};
const Approved: RequestEvent = {
  type: 'PrivacyRequestApproved',
  data: { approvedBy: 'desk-2', sealedForm: 'sealed' },
};
const Rejected: RequestEvent = {
  type: 'PrivacyRequestRejected',
  data: { rejectedBy: 'desk-2', reason: 'no-authority' },
};
const Ended: RequestEvent = {
  type: 'PrivacyRequestRejected',
  data: { rejectedBy: 'reactor', reason: 'authority-ended' },
};
const Applied: RequestEvent = {
  type: 'PrivacyRequestApplied',
  data: { personId: 'p1', settingRevision: 4 },
};
const NeedsReview: RequestEvent = {
  type: 'PrivacyRequestNeedsReview',
  data: { reason: 'more-than-one-person', candidates: ['p1', 'p2'] },
};
const Chosen: RequestEvent = {
  type: 'PrivacyRequestApproved',
  data: { approvedBy: 'desk-2', sealedForm: 'sealed', resolved: { personId: 'p2' } },
};
const Again: RequestEvent = {
  type: 'PrivacyRequestApproved',
  data: { approvedBy: 'desk-2', sealedForm: 'sealed', resolved: { personId: 'p1' } },
};
const Replaced: RequestEvent = { type: 'PrivacyRequestReplaced', data: { by: 'r2' } };
const Watched: RequestEvent = { type: 'PrivacyRequestWatched', data: {} };
const NeedsSecond: RequestEvent = {
  type: 'PrivacyRequestNeedsSecond',
  data: { resolved: { personId: 'p1' } },
};
const Disputed: RequestEvent = { type: 'PrivacyRequestDisputed', data: { resolved: { personId: 'p1' } } };

const HISTORIES = {
  absent: [],
  submitted: [Submitted],
  verified: [Submitted, Verified],
  approved: [Submitted, Verified, Approved],
  watching: [Submitted, Verified, Approved, Watched],
  'needs-review': [Submitted, Verified, Approved, NeedsReview],
  'needs-second': [Submitted, Verified, Approved, NeedsSecond],
  disputed: [Submitted, Verified, Approved, Disputed],
  replaced: [Submitted, Replaced],
  applied: [Submitted, Verified, Approved, Applied],
  rejected: [Submitted, Rejected],
} satisfies Record<RequestState['status'], RequestEvent[]>;

const UNKNOWN = 'PRIVACY.REQUEST_UNKNOWN';
const DECIDED = 'PRIVACY.REQUEST_ALREADY_DECIDED';

/** Every command in every state: the event it makes, nothing because it is fulfilled, or the code it is refused with. */
const TABLE: Record<
  keyof typeof HISTORIES,
  Record<keyof typeof COMMANDS, RequestEvent | 'nothing' | `PRIVACY.${string}`>
> = {
  absent: {
    submit: Submitted,
    verify: UNKNOWN,
    approve: UNKNOWN,
    reject: UNKNOWN,
    applied: UNKNOWN,
    review: UNKNOWN,
    choose: UNKNOWN,
    ended: 'nothing',
    replace: 'nothing',
    watch: 'nothing',
    second: 'nothing',
    dispute: 'nothing',
  },
  submitted: {
    submit: 'nothing',
    verify: Verified,
    approve: 'PRIVACY.REQUEST_NOT_VERIFIED',
    reject: Rejected,
    applied: DECIDED,
    review: DECIDED,
    choose: DECIDED,
    ended: 'nothing',
    replace: Replaced,
    watch: 'nothing',
    second: 'nothing',
    dispute: 'nothing',
  },
  verified: {
    submit: 'nothing',
    verify: 'nothing',
    approve: Approved,
    reject: Rejected,
    applied: DECIDED,
    review: DECIDED,
    choose: DECIDED,
    ended: 'nothing',
    replace: Replaced,
    watch: 'nothing',
    second: 'nothing',
    dispute: 'nothing',
  },
  approved: {
    submit: 'nothing',
    verify: 'nothing',
    approve: 'nothing',
    reject: DECIDED,
    applied: Applied,
    review: NeedsReview,
    choose: 'nothing',
    ended: Ended,
    replace: 'nothing',
    watch: Watched,
    second: NeedsSecond,
    dispute: Disputed,
  },
  watching: {
    submit: 'nothing',
    verify: 'nothing',
    approve: 'nothing',
    reject: DECIDED,
    applied: Applied,
    review: NeedsReview,
    choose: 'nothing',
    ended: Ended,
    replace: Replaced,
    watch: 'nothing',
    second: NeedsSecond,
    dispute: Disputed,
  },
  'needs-review': {
    submit: 'nothing',
    verify: 'nothing',
    approve: 'nothing',
    reject: Rejected,
    applied: DECIDED,
    review: 'nothing',
    choose: Chosen,
    ended: 'nothing',
    replace: Replaced,
    watch: 'nothing',
    second: 'nothing',
    dispute: 'nothing',
  },
  'needs-second': {
    submit: 'nothing',
    verify: 'nothing',
    approve: Again,
    reject: Rejected,
    applied: DECIDED,
    review: DECIDED,
    choose: 'nothing',
    ended: 'nothing',
    replace: Replaced,
    watch: 'nothing',
    second: 'nothing',
    dispute: 'nothing',
  },
  disputed: {
    submit: 'nothing',
    verify: Verified,
    approve: 'PRIVACY.REQUEST_DISPUTED',
    reject: Rejected,
    applied: DECIDED,
    review: DECIDED,
    choose: DECIDED,
    ended: 'nothing',
    replace: Replaced,
    watch: 'nothing',
    second: 'nothing',
    dispute: 'nothing',
  },
  replaced: {
    submit: 'nothing',
    verify: DECIDED,
    approve: DECIDED,
    reject: DECIDED,
    applied: DECIDED,
    review: DECIDED,
    choose: DECIDED,
    ended: 'nothing',
    replace: 'nothing',
    watch: 'nothing',
    second: 'nothing',
    dispute: 'nothing',
  },
  applied: {
    submit: 'nothing',
    verify: 'nothing',
    approve: 'nothing',
    reject: DECIDED,
    applied: 'nothing',
    review: DECIDED,
    choose: 'nothing',
    ended: 'nothing',
    replace: 'nothing',
    watch: 'nothing',
    second: 'nothing',
    dispute: 'nothing',
  },
  rejected: {
    submit: 'nothing',
    verify: DECIDED,
    approve: DECIDED,
    reject: 'nothing',
    applied: DECIDED,
    review: DECIDED,
    choose: DECIDED,
    ended: 'nothing',
    replace: 'nothing',
    watch: 'nothing',
    second: 'nothing',
    dispute: 'nothing',
  },
};

const STATUSES = Object.keys(HISTORIES) as (keyof typeof HISTORIES)[];
const NAMES = Object.keys(COMMANDS) as (keyof typeof COMMANDS)[];

describe('A Privacy Setting Change Request', () => {
  it.each(STATUSES.flatMap((status) => NAMES.map((name) => [status, name] as const)))(
    'that is %s, on the command %s',
    (status, name) => {
      const expected = TABLE[status][name];
      const when = given(...HISTORIES[status]).when(COMMANDS[name]);
      if (expected === 'nothing') when.thenNothing();
      else if (typeof expected === 'string') when.thenRefused(expected);
      else when.then(expected);
    },
  );

  it.each(STATUSES)('is %s after the events that say so', (status) => {
    expect(HISTORIES[status].reduce(evolveRequest, initialRequestState).status).toBe(status);
  });

  it.each(STATUSES.filter((status) => status !== 'absent'))(
    'that is %s, refuses a submission of something else under its id',
    (status) => {
      given(...HISTORIES[status])
        .when({ ...submit, digest: 'another' })
        .thenRefused('IDEMPOTENCY.KEY_REUSED');
    },
  );

  it('from before there were digests cannot be submitted again, and goes on', () => {
    const { change, capacity, sealedForm, submittedBy, receivedAt, dueAt } = Submitted.data;
    const first: RequestEvent = {
      type: 'PrivacyRequestSubmitted',
      data: { change, capacity, sealedForm, submittedBy, receivedAt, dueAt },
    };
    given(first).when(submit).thenRefused('IDEMPOTENCY.KEY_REUSED');
    given(first).when(verify).then(Verified);
  });

  it('is not decided anew when it is submitted again', () => {
    const lock = { change: { kind: 'lock', organizationId: 'a' }, ...ASKED } as const;
    const Locked: RequestEvent = {
      type: 'PrivacyRequestSubmitted',
      data: { change: { kind: 'lock', organizationId: 'a' }, ...FORM },
    };
    given(Locked)
      .when({ ...lock, holderIsProvider: false })
      .thenNothing();
  });

  it('names a holder only if that is known to be a provider', () => {
    for (const kind of ['lock', 're-lock'] as const) {
      const lock = { change: { kind, organizationId: 'a' }, ...ASKED } as const;
      given()
        .when({ ...lock, holderIsProvider: true })
        .then({
          type: 'PrivacyRequestSubmitted',
          data: { change: { kind, organizationId: 'a' }, ...FORM },
        });
      given()
        .when({ ...lock, holderIsProvider: false })
        .thenRefused('PRIVACY.HOLDER_NOT_A_PROVIDER');
      given().when(lock).thenRefused('PRIVACY.HOLDER_NOT_A_PROVIDER');
    }
  });

  it.each(['unlock', 're-lock', 'opt-in', 'accept-reminders'] as const)(
    'to %s takes two members of the staff',
    (kind) => {
      const change = kind === 're-lock' ? { kind, organizationId: 'a' } : { kind };
      const asked: RequestEvent = { type: 'PrivacyRequestSubmitted', data: { change, ...FORM } };
      given(asked, Verified)
        .when({ ...approve, approvedBy: 'desk-1' })
        .thenRefused('PRIVACY.SECOND_STAFF_NEEDED');
      given(asked, Verified).when(approve).then(Approved);
    },
  );

  it('that only tightens takes one, unless it turns out to loosen', () => {
    const alone = { ...approve, approvedBy: 'desk-1' } as const;
    given(Submitted, Verified)
      .when(alone)
      .then({ type: 'PrivacyRequestApproved', data: { approvedBy: 'desk-1', sealedForm: 'sealed' } });
    given(Submitted, Verified, Approved, NeedsSecond).when(alone).thenRefused('PRIVACY.SECOND_STAFF_NEEDED');
  });

  it('in dispute goes on by a verification of the setter’s agreement or a court order, for the same person', () => {
    const agreed: RequestEvent = {
      type: 'PrivacyRequestVerified',
      data: { verifiedBy: 'desk-1', evidence: 'id-card', agreement: 'court-order' },
    };
    given(Submitted, Verified, Approved, Disputed)
      .when({ ...verify, agreement: 'court-order' })
      .then(agreed);
    given(Submitted, Verified, Approved, Disputed, agreed).when(approve).then(Again);
  });

  it('is refused of whoever speaks for the person no longer, or not alone', () => {
    given()
      .when({ ...submit, authority: 'ended' })
      .thenRefused('PRIVACY.AUTHORITY_ENDED');
    given(Submitted)
      .when({ ...verify, authority: 'ended' })
      .thenRefused('PRIVACY.AUTHORITY_ENDED');
    given(Submitted, Verified)
      .when({ ...approve, authority: 'ended' })
      .thenRefused('PRIVACY.AUTHORITY_ENDED');
    const minor = { ...verify, authority: 'minor-alone' } as const;
    given(Submitted).when(minor).thenRefused('PRIVACY.MINOR_ALONE');
    given(Submitted)
      .when({ ...minor, evidence: 'emancipated' })
      .then({ type: 'PrivacyRequestVerified', data: { verifiedBy: 'desk-1', evidence: 'emancipated' } });
  });
});

describe('Who speaks for a person', () => {
  it.each([
    ['parent', '2008-11-26', '2026-11-25', 'stands'],
    ['parent', '2008-11-26', '2026-11-26', 'ended'],
    ['guardian', '2008-02-29', '2026-02-28', 'stands'],
    ['guardian', '2008-02-29', '2026-03-01', 'ended'],
    ['agency-with-custody', '1990-01-01', '2026-01-01', 'ended'],
    ['attorney-in-fact', '1990-01-01', '2026-01-01', 'stands'],
    ['personal-representative', '1930-01-01', '2026-01-01', 'stands'],
    ['self', '2008-11-26', '2026-11-26', 'stands'],
    ['self', '2008-11-26', '2026-11-25', 'minor-alone'],
    ['parent', undefined, '2026-11-25', 'stands'],
  ] as const)('%s, of somebody born on %s, on %s: %s', (capacity, birthDate, today, authority) => {
    expect(authorityOf(capacity, birthDate, today)).toBe(authority);
  });
});

describe('The laws of the request decider', () => {
  const anyCommands = fc.array(fc.constantFrom(...NAMES, 'submit', 'verify', 'approve', 'applied' as const), {
    minLength: 10,
    maxLength: 40,
  });
  const replay = (events: readonly RequestEvent[]): RequestState =>
    events.reduce(evolveRequest, initialRequestState);
  const decided = (command: RequestCommand, state: RequestState): RequestEvent[] | 'refused' => {
    try {
      return decideRequest(command, state);
    } catch (error) {
      expect(error).toBeInstanceOf(PrivacyError);
      return 'refused';
    }
  };
  const stream = (names: readonly (keyof typeof COMMANDS)[]): RequestEvent[] => {
    const events: RequestEvent[] = [];
    for (const name of names) {
      const more = decided(COMMANDS[name], replay(events));
      if (more !== 'refused') events.push(...more);
    }
    return events;
  };

  it('decides a command that is fulfilled to nothing', () => {
    fc.assert(
      fc.property(anyCommands, fc.constantFrom(...NAMES), (names, last) => {
        const events = stream(names);
        const first = decided(COMMANDS[last], replay(events));
        fc.pre(first !== 'refused');
        expect(decided(COMMANDS[last], replay([...events, ...first]))).toStrictEqual([]);
      }),
    );
  });

  it('never throws on an event, in whatever order, and replays twice to the same', () => {
    const anyEvents = fc.array(
      fc.constantFrom(
        Submitted,
        Verified,
        Approved,
        Rejected,
        Applied,
        NeedsReview,
        Chosen,
        Replaced,
        Watched,
        NeedsSecond,
        Disputed,
      ),
      { maxLength: 12 },
    );
    fc.assert(fc.property(anyEvents, (events) => expect(replay(events)).toStrictEqual(replay(events))));
  });

  it('applies only what was verified and then approved', () => {
    let seen = 0;
    fc.assert(
      fc.property(anyCommands, (names) => {
        const types = stream(names).map(({ type }) => type);
        const place = types.indexOf('PrivacyRequestApplied');
        if (place < 0) return;
        seen += 1;
        expect(types.slice(0, place)).toEqual(
          expect.arrayContaining(['PrivacyRequestVerified', 'PrivacyRequestApproved']),
        );
        expect(types.slice(place + 1)).toStrictEqual([]);
      }),
      { numRuns: 500 },
    );
    expect(seen).toBeGreaterThan(10);
  });

  it('never applies what was rejected', () => {
    fc.assert(
      fc.property(anyCommands, (names) => {
        const types = stream(names).map(({ type }) => type);
        expect(types.includes('PrivacyRequestApplied') && types.includes('PrivacyRequestRejected')).toBe(
          false,
        );
      }),
    );
  });
});
