import fc from 'fast-check';
import {
  createMemoryEventStore,
  type EventStore,
  type JsonObject,
  type Position,
} from '@registry/event-store';
import {
  changed,
  evolvePrivacy,
  initialPrivacyState,
  OPEN_SETTING,
  type PrivacyEvent,
  type PrivacyState,
  type SettingChange,
} from '@registry/privacy-domain';
import {
  privacyStateAt,
  privacyStream,
  PrivacyStreamUnreadable,
  readPrivacyHead,
  readPrivacyStates,
} from './privacy-head.js';
import { changeSetting, CLINIC_A, gateWorld, PERSON, requestOf } from './testing/gate-world.js';

type Step = SettingChange | 'read' | 'read and drop' | 'something elsewhere';

const anyStep: fc.Arbitrary<Step> = fc.constantFrom<Step>(
  { kind: 'lock', organizationId: CLINIC_A },
  { kind: 're-lock', organizationId: 'clinic-b' },
  { kind: 'unlock' },
  { kind: 'opt-out' },
  { kind: 'opt-in' },
  { kind: 'decline-reminders' },
  'read',
  'read and drop',
  'something elsewhere',
);

/** A log made by a gate. */
const logOf = async (steps: readonly Step[]): Promise<EventStore> => {
  const { gate, store, clock } = await gateWorld();
  for (const [index, step] of steps.entries()) {
    if (step === 'something elsewhere') {
      await store.append(`submission-${index}`, 'none', [
        { id: `s${index}`, type: 'Received', data: {}, metadata: { schemaVersion: 1 } },
      ]);
    } else if (typeof step === 'object') {
      await changeSetting(gate, step);
    } else {
      const outcome = await gate.disclose(requestOf(CLINIC_A));
      if (outcome.kind === 'released' && step === 'read') outcome.release.handOver();
      await clock.advance(1_000);
    }
  }
  return store;
};

const raw = async (type: string, data: JsonObject): Promise<EventStore> => {
  const store = createMemoryEventStore();
  const opened = { setting: OPEN_SETTING, previousSettingRevision: null, cause: { kind: 'registration' } };
  const metadata = { schemaVersion: 1 };
  await store.append(privacyStream(PERSON), 'none', [
    { id: 'e1', type: 'PrivacyOpened', data: opened, metadata },
    { id: 'e2', type, data, metadata },
  ]);
  return store;
};

describe('The setting at the head of a privacy stream', () => {
  it('and at every position of the log is what a replay gives', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyStep, { maxLength: 12 }), async (steps) => {
        const store = await logOf(steps);
        const { events, position: end } = await store.readAll({ limit: 10_000 });
        let replayed: PrivacyState = initialPrivacyState;
        for (const event of events) {
          // As of a position is before what stands there.
          expect(await privacyStateAt(store, PERSON, event.position)).toStrictEqual(replayed);
          if (event.stream === privacyStream(PERSON)) {
            replayed = evolvePrivacy(replayed, event as unknown as PrivacyEvent, event.revision);
          }
        }
        const [last] = await store.read(privacyStream(PERSON), { direction: 'backwards', limit: 1 });
        expect(await readPrivacyHead(store, PERSON)).toStrictEqual({
          state: replayed,
          revision: last?.revision,
        });
        expect(await readPrivacyStates(store, [PERSON, 'nobody'])).toStrictEqual(
          new Map<string, PrivacyState>([
            [PERSON, replayed],
            ['nobody', initialPrivacyState],
          ]),
        );
        const after = `${Number(end) + 1}` as Position;
        expect(await privacyStateAt(store, PERSON, after)).toStrictEqual(replayed);
      }),
      { numRuns: 60 },
    );
  });

  it('is none before the first event and for nobody', async () => {
    const store = await logOf([]);
    const { events } = await store.readAll();
    const first = events[0]?.position ?? ('1' as Position);
    expect(await privacyStateAt(store, PERSON, first)).toStrictEqual({ status: 'unopened' });
    expect(await privacyStateAt(store, 'nobody', first)).toStrictEqual({ status: 'unopened' });
    expect(await readPrivacyHead(store, 'nobody')).toStrictEqual({
      state: { status: 'unopened' },
      revision: undefined,
    });
  });

  it('is found behind any number of disclosures', async () => {
    const store = await logOf([{ kind: 'opt-out' }, { kind: 'opt-in' }, 'read', 'read and drop', 'read']);
    const { state } = await readPrivacyHead(store, PERSON);
    const setting = changed(OPEN_SETTING, { kind: 'opt-in' });
    expect(state).toStrictEqual({ status: 'opened', setting, settingRevision: 2 });
  });

  it.each<[string, string, JsonObject]>([
    ['an event of a later version', 'SettingFollows', { survivor: 'p2' }],
    ['a revision that is not there', 'RecordDisclosed', { settingRevision: 7 }],
    ['a revision below the first', 'RecordDisclosed', { settingRevision: -1 }],
    ['half a revision', 'RecordDisclosed', { settingRevision: 0.5 }],
    ['no number', 'RecordDisclosed', { settingRevision: '0' }],
    ['itself', 'RecordDisclosed', { settingRevision: 1 }],
    ['nothing', 'RecordDisclosed', {}],
    ['a setting that is not whole', 'OptedIn', { setting: { lock: { kind: 'none' }, stopped: [] } }],
    ['a lock of a later version', 'RecordLocked', { setting: { ...OPEN_SETTING, lock: { kind: 'some' } } }],
  ])('is not guessed when the head names %s', async (_what, type, data) => {
    const store = await raw(type, data);
    await expect(readPrivacyHead(store, PERSON)).rejects.toBeInstanceOf(PrivacyStreamUnreadable);
    await expect(readPrivacyStates(store, [PERSON])).rejects.toBeInstanceOf(PrivacyStreamUnreadable);
    const end = '99' as Position;
    await expect(privacyStateAt(store, PERSON, end)).rejects.toBeInstanceOf(PrivacyStreamUnreadable);
    const { gate } = await gateWorld({ store });
    expect((await gate.disclose(requestOf(CLINIC_A))).kind).not.toBe('released');
  });
});
