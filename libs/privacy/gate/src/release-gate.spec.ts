import { clinicAccess, storeAccess } from '@registry/testing';
import { AppendOutcomeUnknown, RevisionConflict, StoreUnavailable } from '@registry/event-store';
import { isDisclosure, isJournalAppend, type Around, type StoreCall } from './testing/around-store.js';
import {
  changeSetting,
  CLINIC_A,
  CLINIC_B,
  gateWorld,
  historyOf,
  PERSON,
  RECORD,
  recordsOf,
  requestOf,
  typesOf,
  type GateWorld,
} from './testing/gate-world.js';
import type { DisclosureOutcome } from './release-gate.js';

const lockToB = { kind: 'lock', organizationId: CLINIC_B } as const;
const never = (): Promise<never> => new Promise(() => undefined);

/** Runs something once, before the first call that fits. */
const beforeFirst = (fits: (call: StoreCall) => boolean, action: () => Promise<unknown>): Around => {
  let done = false;
  return async (call, run) => {
    if (!done && fits(call)) {
      done = true;
      await action();
    }
    return run();
  };
};

const kindsOf = (outcomes: readonly DisclosureOutcome[]): string[] => outcomes.map(({ kind }) => kind);

describe('A disclosure through the gate', () => {
  it('is committed with all that it was decided on, and releases the permitted fields', async () => {
    const { gate, store } = await gateWorld();
    const outcome = await gate.disclose(requestOf(CLINIC_A));
    expect(outcome.kind).toBe('released');
    if (outcome.kind !== 'released') return;
    expect(outcome.release.record).toStrictEqual({ id: `${CLINIC_A}-id-of-${PERSON}`, ...RECORD });
    const [, disclosed] = await historyOf(store);
    const [entry] = await store.read(`inquiries-${CLINIC_A}-client-2026-03-01`);
    expect(disclosed?.recorded.type).toBe('RecordDisclosed');
    expect(disclosed?.recorded.data).toStrictEqual({
      settingRevision: 0,
      inquiryId: entry?.id,
      clientId: `${CLINIC_A}-client`,
      organizationId: CLINIC_A,
      purpose: 'treatment',
      policy: 'mn-exchange-1@1',
      fields: ['name', 'birthDate', 'sex', 'addresses', 'guardians', 'doses', 'indications'],
      decidedAt: '2026-03-01T12:00:00.000Z',
      decidedOn: [
        { stream: `client-${CLINIC_A}-client`, revision: 0 },
        { stream: `organization-${CLINIC_A}`, revision: 0 },
        { stream: `agreement-${CLINIC_A}`, revision: 0 },
        { stream: `relationship-${CLINIC_A}-${PERSON}`, revision: 0 },
      ],
    });
    expect(JSON.stringify(disclosed?.recorded)).not.toContain(RECORD.name.family);
  });

  it('releases no field that the purpose does not get', async () => {
    const { gate, store } = await gateWorld();
    const { organization, agreement, client, relationship } = clinicAccess('school-1', PERSON);
    await storeAccess(store, {
      organization: { ...organization, category: 'school' },
      agreement: { ...agreement, purposes: ['school'] },
      client,
      relationship: { ...relationship, purposes: ['school'] },
    });
    const outcome = await gate.disclose({ ...requestOf('school-1'), purpose: 'school' });
    const { addresses: _addresses, ...rest } = RECORD;
    expect(outcome.kind === 'released' && outcome.release.record).toStrictEqual({
      id: relationship.registryId,
      ...rest,
    });
  });

  it('is refused where there is no record, and leaves nothing in the history', async () => {
    const { gate, store } = await gateWorld({ records: recordsOf() });
    expect(await gate.disclose(requestOf(CLINIC_A))).toStrictEqual({ kind: 'refused' });
    expect(await typesOf(store)).toStrictEqual(['PrivacyOpened']);
  });

  it('does not depend on what an organization calls itself in the request', async () => {
    const { gate } = await gateWorld();
    const { requester, ...rest } = requestOf(CLINIC_A);
    const outcome = await gate.disclose({ ...rest, requester: { ...requester, organizationId: CLINIC_B } });
    expect(outcome).toStrictEqual({ kind: 'refused' });
  });
});

describe('The lane of a person', () => {
  const together = (gate: GateWorld['gate'], clinics: readonly string[]) =>
    Promise.all(clinics.map((clinic) => gate.disclose(requestOf(clinic))));

  it('takes reads together in one append, each with its own answer', async () => {
    const calls: StoreCall[] = [];
    const { gate, store } = await gateWorld({
      around: (call, run) => {
        if (!isJournalAppend(call)) calls.push(call);
        return run();
      },
    });
    const clinics = [CLINIC_A, CLINIC_B, CLINIC_A, 'clinic-unknown'];
    const outcomes = await together(gate, clinics);
    expect(kindsOf(outcomes)).toStrictEqual(['released', 'released', 'released', 'refused']);
    expect(calls.map(({ method }) => method)).toStrictEqual(['heads', 'read', 'append']);
    expect(
      outcomes.map((outcome) => (outcome.kind === 'released' ? outcome.release.record.id : '')),
    ).toStrictEqual([...clinics.slice(0, 3).map((clinic) => `${clinic}-id-of-${PERSON}`), '']);
    expect(await typesOf(store)).toStrictEqual([
      'PrivacyOpened',
      ...Array<string>(3).fill('RecordDisclosed'),
    ]);
  });

  it('answers 64 readers of one person with few appends', async () => {
    let appends = 0;
    const { gate, store } = await gateWorld({
      around: (call, run) => {
        if (isDisclosure(call)) appends += 1;
        return run();
      },
    });
    const outcomes = await together(gate, Array<string>(64).fill(CLINIC_A));
    expect(new Set(kindsOf(outcomes))).toStrictEqual(new Set(['released']));
    expect(appends).toBeLessThanOrEqual(2);
    expect(await typesOf(store)).toHaveLength(65);
  });

  it('lets a change go before the reads that wait', async () => {
    const { gate, store } = await gateWorld();
    // This one is under way when the others come.
    const first = gate.disclose(requestOf(CLINIC_A));
    await Promise.resolve();
    await Promise.resolve();
    const waiting = together(gate, [CLINIC_A, CLINIC_B]);
    const change = changeSetting(gate, lockToB);
    expect((await first).kind).toBe('released');
    expect(kindsOf(await waiting)).toStrictEqual(['refused', 'released']);
    const types = await typesOf(store);
    expect(types).toStrictEqual(['PrivacyOpened', 'RecordDisclosed', 'RecordLocked', 'RecordDisclosed']);
    for (const outcome of [await first, ...(await waiting)]) {
      if (outcome.kind === 'released') expect(outcome.release.handOver()).toBe(true);
    }
    expect(await change).toStrictEqual({ personId: PERSON, settingRevision: 2, changed: true });
  });

  it('decides again after a conflict, on the setting that it finds then', async () => {
    const world: { current?: GateWorld } = {};
    const lockElsewhere = async (): Promise<void> => {
      await world.current?.store.append(`privacy-${PERSON}`, 0, [
        {
          id: 'lock',
          type: 'RecordLocked',
          data: {
            setting: { lock: { kind: 'only', organizationId: CLINIC_B }, optedOut: false, stopped: [] },
            previousSettingRevision: 0,
            cause: { kind: 'registration' },
          },
          metadata: { schemaVersion: 1 },
        },
      ]);
    };
    world.current = await gateWorld({ around: beforeFirst(isDisclosure, lockElsewhere) });
    const { gate, store } = world.current;
    expect(kindsOf(await together(gate, [CLINIC_A, CLINIC_B]))).toStrictEqual(['refused', 'released']);
    const [, , disclosed] = await historyOf(store);
    expect(disclosed?.recorded.data).toMatchObject({ settingRevision: 1, organizationId: CLINIC_B });
    expect(await typesOf(store)).toHaveLength(3);
  });

  const meanwhile = async (type: string) => {
    const calls: string[] = [];
    const world: { current?: GateWorld } = {};
    const append = () =>
      world.current?.store.append(`privacy-${PERSON}`, 0, [
        { id: 'meanwhile', type, data: { settingRevision: 0 }, metadata: { schemaVersion: 1 } },
      ]) ?? Promise.resolve();
    const first = beforeFirst(isDisclosure, append);
    world.current = await gateWorld({
      around: (call, run) => {
        if (!isJournalAppend(call)) calls.push(call.method);
        return first(call, run);
      },
    });
    const { gate, store } = world.current;
    const { kind } = await gate.disclose(requestOf(CLINIC_A));
    return { kind, calls, types: await typesOf(store) };
  };

  it.each(['RecordDisclosed', 'DisclosureAborted'])('passes a %s of another process', async (type) => {
    expect(await meanwhile(type)).toStrictEqual({
      kind: 'released',
      calls: ['heads', 'read', 'append'],
      types: ['PrivacyOpened', type, 'RecordDisclosed'],
    });
  });

  it.each(['RecordHandled', 'OwnRecordViewed'])('decides again after a %s', async (type) => {
    expect(await meanwhile(type)).toStrictEqual({
      kind: 'released',
      calls: ['heads', 'read', 'append', 'heads', 'read', 'append'],
      types: ['PrivacyOpened', type, 'RecordDisclosed'],
    });
  });

  it('gives up at the deadline when it meets conflict after conflict', async () => {
    const world: GateWorld = await gateWorld({
      around: (call, run) => {
        if (!isDisclosure(call)) return run();
        world.clock.pass(100);
        return Promise.reject(new RevisionConflict(`privacy-${PERSON}`, 0, 1));
      },
    });
    expect(await world.gate.disclose(requestOf(CLINIC_A))).toStrictEqual({ kind: 'unavailable' });
    expect(world.clock.monotonic()).toBe(1_000);
  });

  it('does not hold up another person’s', async () => {
    const { gate, clock } = await gateWorld({
      around: (call, run) => (isDisclosure(call) ? never() : run()),
    });
    const held = gate.disclose(requestOf(CLINIC_A));
    expect(await gate.disclose(requestOf(CLINIC_A, 'somebody-else'))).toStrictEqual({ kind: 'refused' });
    await clock.advance(1_000);
    expect((await held).kind).toBe('unavailable');
  });
});

describe('A store that fails', () => {
  const places: [string, (call: StoreCall) => boolean][] = [
    ['the heads', ({ method }) => method === 'heads'],
    ['the setting', ({ method }) => method === 'read'],
    ['the disclosure', isDisclosure],
    ['the journal', isJournalAppend],
  ];

  it.each(places)('at %s releases nothing', async (place, fits) => {
    const { gate, store } = await gateWorld({
      around: (call, run) => (fits(call) ? Promise.reject(new StoreUnavailable()) : run()),
    });
    expect(await gate.disclose(requestOf(CLINIC_A))).toStrictEqual({ kind: 'unavailable' });
    expect((await typesOf(store)).includes('RecordDisclosed')).toBe(place === 'the journal');
  });

  it.each(places)(
    'to answer at %s is unavailable after 1 s, not before and not later',
    async (_place, fits) => {
      const { gate, clock } = await gateWorld({
        around: (call, run) => (fits(call) ? never() : run()),
      });
      let outcome: DisclosureOutcome | undefined;
      void gate.disclose(requestOf(CLINIC_A)).then((answer) => (outcome = answer));
      await clock.advance(999);
      expect(outcome).toBeUndefined();
      await clock.advance(1);
      expect(outcome).toStrictEqual({ kind: 'unavailable' });
    },
  );

  it('to answer the record source is unavailable after 1 s', async () => {
    const { gate, clock } = await gateWorld({ records: { load: never } });
    const outcome = gate.disclose(requestOf(CLINIC_A));
    await clock.advance(1_000);
    expect(await outcome).toStrictEqual({ kind: 'unavailable' });
  });

  it('with anything at all is unavailable, and the next reader is served', async () => {
    let broken = true;
    const { gate } = await gateWorld({
      around: (call, run) => (broken && call.method === 'heads' ? Promise.reject(new TypeError()) : run()),
    });
    expect((await gate.disclose(requestOf(CLINIC_A))).kind).toBe('unavailable');
    broken = false;
    expect((await gate.disclose(requestOf(CLINIC_A))).kind).toBe('released');
  });

  it('that throws where it should reject is unavailable', async () => {
    const { gate } = await gateWorld({
      journal: {
        append: () => {
          throw new Error();
        },
      },
    });
    expect((await gate.disclose(requestOf(CLINIC_A))).kind).toBe('unavailable');
  });

  it.each([
    ['and the disclosure stands', true],
    ['and the disclosure does not stand', false],
  ])('with an unknown outcome releases nothing and is not asked again, %s', async (_how, stands) => {
    let attempts = 0;
    const { gate, store } = await gateWorld({
      around: async (call, run) => {
        if (!isDisclosure(call)) return run();
        attempts += 1;
        if (stands) await run();
        throw new AppendOutcomeUnknown();
      },
    });
    expect(await gate.disclose(requestOf(CLINIC_A))).toStrictEqual({ kind: 'unavailable' });
    expect(attempts).toBe(1);
    expect((await typesOf(store)).includes('RecordDisclosed')).toBe(stands);
  });
});

describe('A journal that fails', () => {
  it('keeps a committed disclosure from leaving, and the history says so', async () => {
    const { gate, store, clock } = await gateWorld({
      journal: { append: () => Promise.reject(new StoreUnavailable()) },
    });
    expect(await gate.disclose(requestOf(CLINIC_A))).toStrictEqual({ kind: 'unavailable' });
    await clock.advance(1_000);
    expect(await typesOf(store)).toStrictEqual(['PrivacyOpened', 'RecordDisclosed', 'DisclosureAborted']);
  });

  it('answers alike for who may see the person and who may not', async () => {
    const { gate } = await gateWorld({
      journal: { append: () => Promise.reject(new StoreUnavailable()) },
    });
    for (const personId of [PERSON, 'nobody']) {
      expect(await gate.disclose(requestOf(CLINIC_A, personId))).toStrictEqual({ kind: 'unavailable' });
    }
  });
});
