import fc from 'fast-check';
import { specOf } from '@registry/testing';
import { PrivacyError } from '../privacy-error.js';
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

const submit: RequestCommand = { type: 'SubmitRequest', change: { kind: 'opt-out' }, ...FORM };
const verify: RequestCommand = { type: 'VerifyRequest', verifiedBy: 'desk-1', evidence: 'id-card' };
const approve: RequestCommand = { type: 'ApproveRequest', approvedBy: 'desk-2' };
const reject: RequestCommand = { type: 'RejectRequest', rejectedBy: 'desk-2', reason: 'no-authority' };
const applied: RequestCommand = { type: 'RecordApplied', personId: 'p1', settingRevision: 4 };
const review: RequestCommand = { type: 'SendToReview' };
const COMMANDS = { submit, verify, approve, reject, applied, review };

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
const Applied: RequestEvent = {
  type: 'PrivacyRequestApplied',
  data: { personId: 'p1', settingRevision: 4 },
};
const NeedsReview: RequestEvent = {
  type: 'PrivacyRequestNeedsReview',
  data: { reason: 'more-than-one-person' },
};

const HISTORIES = {
  absent: [],
  submitted: [Submitted],
  verified: [Submitted, Verified],
  approved: [Submitted, Verified, Approved],
  'needs-review': [Submitted, Verified, Approved, NeedsReview],
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
  },
  submitted: {
    submit: 'nothing',
    verify: Verified,
    approve: 'PRIVACY.REQUEST_NOT_VERIFIED',
    reject: Rejected,
    applied: DECIDED,
    review: DECIDED,
  },
  verified: {
    submit: 'nothing',
    verify: 'nothing',
    approve: Approved,
    reject: Rejected,
    applied: DECIDED,
    review: DECIDED,
  },
  approved: {
    submit: 'nothing',
    verify: 'nothing',
    approve: 'nothing',
    reject: DECIDED,
    applied: Applied,
    review: NeedsReview,
  },
  'needs-review': {
    submit: 'nothing',
    verify: 'nothing',
    approve: 'nothing',
    reject: Rejected,
    applied: Applied,
    review: 'nothing',
  },
  applied: {
    submit: 'nothing',
    verify: 'nothing',
    approve: 'nothing',
    reject: DECIDED,
    applied: 'nothing',
    review: DECIDED,
  },
  rejected: {
    submit: 'nothing',
    verify: DECIDED,
    approve: DECIDED,
    reject: 'nothing',
    applied: DECIDED,
    review: DECIDED,
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
    const lock: RequestCommand = {
      type: 'SubmitRequest',
      change: { kind: 'lock', organizationId: 'a' },
      ...FORM,
    };
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
      const lock: RequestCommand = {
        type: 'SubmitRequest',
        change: { kind, organizationId: 'a' },
        ...FORM,
      };
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
      fc.constantFrom(Submitted, Verified, Approved, Rejected, Applied, NeedsReview),
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
