import { AppendOutcomeUnknown, StoreUnavailable } from '@registry/event-store';
import { PrivacyError } from '@registry/privacy-domain';
import type { Release } from './release.js';
import { SettingChangeUnavailable, type ReleaseGate, type SettingChangeOutcome } from './release-gate.js';
import { isDisclosure, type Around, type StoreCall } from './testing/around-store.js';
import {
  changeCommand,
  changeSetting,
  CLINIC_A,
  CLINIC_B,
  gateWorld,
  historyOf,
  PERSON,
  requestOf,
  typesOf,
  type GateWorld,
} from './testing/gate-world.js';

const lockToB = { kind: 'lock', organizationId: CLINIC_B } as const;
const unlock = { kind: 'unlock' } as const;
const never = (): Promise<never> => new Promise(() => undefined);

const released = async (gate: ReleaseGate): Promise<Release> => {
  const outcome = await gate.disclose(requestOf(CLINIC_A));
  if (outcome.kind !== 'released') throw new Error(outcome.kind);
  return outcome.release;
};

/** What became of a promise so far. */
const watch = <T>(promise: Promise<T>): { value?: T; error?: unknown } => {
  const seen: { value?: T; error?: unknown } = {};
  promise.then(
    (value) => (seen.value = value),
    (error: unknown) => (seen.error = error),
  );
  return seen;
};

const appendsChange = (call: StoreCall): boolean =>
  call.method === 'append' && call.stream === `privacy-${PERSON}` && !isDisclosure(call);

describe('A release', () => {
  it('is handed over once', async () => {
    const { gate, store, clock } = await gateWorld();
    const release = await released(gate);
    await clock.advance(999);
    expect(release.handOver()).toBe(true);
    expect(release.handOver()).toBe(false);
    await clock.advance(10_000);
    expect(await typesOf(store)).toStrictEqual(['PrivacyOpened', 'RecordDisclosed']);
  });

  it.each([
    ['and its timer has run', (clock: GateWorld['clock']) => clock.advance(1_000)],
    ['although its timer is late', async (clock: GateWorld['clock']) => clock.pass(1_000)],
  ])('is not handed over after 1 s %s', async (_how, pass) => {
    const { gate, store, clock } = await gateWorld();
    const release = await released(gate);
    await pass(clock);
    expect(release.handOver()).toBe(false);
    await clock.advance(0);
    expect(release.handOver()).toBe(false);
    const history = await historyOf(store);
    expect(history.map(({ event }) => event.type)).toStrictEqual([
      'PrivacyOpened',
      'RecordDisclosed',
      'DisclosureAborted',
    ]);
    expect(history[2]?.recorded.data).toStrictEqual({
      settingRevision: 0,
      inquiryId: history[1]?.recorded.data['inquiryId'],
      reason: 'late',
    });
  });

  it('counts its second from before the heads were read', async () => {
    const world: GateWorld = await gateWorld({
      around: (call, run) => {
        if (call.method === 'heads') world.clock.pass(600);
        if (isDisclosure(call)) world.clock.pass(300);
        return run();
      },
    });
    const release = await released(world.gate);
    world.clock.pass(99);
    expect(release.handOver()).toBe(true);
    const late = await released(world.gate);
    world.clock.pass(100);
    expect(late.handOver()).toBe(false);
  });

  it('that nobody takes drops by itself', async () => {
    const { gate, store, clock } = await gateWorld();
    await released(gate);
    await clock.advance(1_000);
    expect((await typesOf(store)).at(-1)).toBe('DisclosureAborted');
  });

  it('that was dropped is recorded once, on the setting then in force, when the store comes back', async () => {
    let broken = false;
    const { gate, store, clock } = await gateWorld({
      around: (_call, run) => (broken ? Promise.reject(new StoreUnavailable()) : run()),
    });
    const release = await released(gate);
    broken = true;
    await clock.advance(5_000);
    expect(release.handOver()).toBe(false);
    broken = false;
    const change = changeSetting(gate, lockToB);
    await clock.advance(1_000);
    await change;
    const history = await historyOf(store);
    expect(history.map(({ event }) => event.type).sort()).toStrictEqual([
      'DisclosureAborted',
      'PrivacyOpened',
      'RecordDisclosed',
      'RecordLocked',
    ]);
  });

  it('whose drop has an unknown outcome is recorded once', async () => {
    let lost = false;
    const { gate, store, clock } = await gateWorld({
      around: async (call, run) => {
        const result = await run();
        if (!appendsChange(call) || lost) return result;
        lost = true;
        throw new AppendOutcomeUnknown();
      },
    });
    await released(gate);
    await clock.advance(2_000);
    expect(lost).toBe(true);
    expect((await typesOf(store)).filter((type) => type === 'DisclosureAborted')).toHaveLength(1);
  });
});

describe('A setting change', () => {
  it('waits for what is under way in its own process', async () => {
    const { gate, clock } = await gateWorld();
    const release = await released(gate);
    const change = watch(changeSetting(gate, lockToB));
    await clock.advance(500);
    expect(change).toStrictEqual({});
    expect(release.handOver()).toBe(true);
    await clock.advance(0);
    expect(change.value).toStrictEqual({ personId: PERSON, settingRevision: 2, changed: true });
  });

  it('waits for it no longer than it may still leave', async () => {
    const { gate, clock } = await gateWorld();
    const release = await released(gate);
    const change = watch(changeSetting(gate, lockToB));
    await clock.advance(999);
    expect(change).toStrictEqual({});
    await clock.advance(1);
    expect(change.value?.changed).toBe(true);
    expect(release.handOver()).toBe(false);
  });

  it('with several processes is acknowledged 1 s after it was committed', async () => {
    const { gate, store, clock } = await gateWorld({ processes: 'several' });
    const change = watch(changeSetting(gate, lockToB));
    await clock.advance(999);
    expect(change).toStrictEqual({});
    expect(await typesOf(store)).toStrictEqual(['PrivacyOpened', 'RecordLocked']);
    await clock.advance(1);
    expect(change.value?.changed).toBe(true);
  });

  it('with several processes waits by the clock, not by a timer that runs early', async () => {
    const world = await gateWorld();
    const { clock } = world;
    const { gate } = await gateWorld({
      store: world.store,
      processes: 'several',
      clock: {
        monotonic: () => clock.monotonic(),
        now: () => clock.now(),
        after: (milliseconds, action) => clock.after(Math.max(1, milliseconds - 5), action),
      },
    });
    const change = watch(changeSetting(gate, lockToB));
    await clock.advance(999);
    expect(change).toStrictEqual({});
    await clock.advance(1);
    expect(change.value?.changed).toBe(true);
  });

  it('that finds itself in force waits as long: another process may have made it just now', async () => {
    const { gate, clock } = await gateWorld({ processes: 'several' });
    const first = watch(changeSetting(gate, lockToB));
    await clock.advance(1_000);
    expect(first.value?.changed).toBe(true);
    const again = watch(changeSetting(gate, lockToB));
    await clock.advance(999);
    expect(again).toStrictEqual({});
    await clock.advance(1);
    expect(again.value).toStrictEqual({ personId: PERSON, settingRevision: 1, changed: false });
  });

  it('meets disclosures of others and goes on', async () => {
    let others = 5;
    const other: { gate?: ReleaseGate } = {};
    const { gate, store } = await gateWorld({
      around: async (call, run) => {
        if (appendsChange(call) && others-- > 0) {
          const outcome = await other.gate?.disclose(requestOf(CLINIC_A));
          if (outcome?.kind === 'released') outcome.release.handOver();
        }
        return run();
      },
    });
    other.gate = (await gateWorld({ store })).gate;
    expect(await changeSetting(gate, lockToB)).toStrictEqual({
      personId: PERSON,
      settingRevision: 6,
      changed: true,
    });
  });

  it('goes before the records of what was dropped', async () => {
    const { gate, store, clock } = await gateWorld({ processes: 'one' });
    const dropped = await Promise.all(Array.from({ length: 5 }, () => released(gate)));
    clock.pass(1_000);
    for (const release of dropped) expect(release.handOver()).toBe(false);
    await changeSetting(gate, lockToB);
    await clock.settle();
    // One of them was under way at most.
    const types = (await typesOf(store)).slice(6);
    expect(types.indexOf('RecordLocked')).toBeLessThanOrEqual(1);
    expect(types.filter((type) => type === 'DisclosureAborted')).toHaveLength(5);
  });

  it('is refused for nobody, at once and without an event', async () => {
    const { gate, store } = await gateWorld();
    const change = gate.changeSetting('nobody', changeCommand(lockToB), { schemaVersion: 1 }, 'e1');
    await expect(change).rejects.toThrow(PrivacyError);
    expect(await store.read('privacy-nobody')).toStrictEqual([]);
  });

  it.each<[string, Around]>([
    ['is away', () => Promise.reject(new StoreUnavailable())],
    ['does not answer', never],
    [
      'never says what became of it',
      async (call, run) => {
        if (!appendsChange(call)) return run();
        throw new AppendOutcomeUnknown();
      },
    ],
  ])('fails after 10 s while the store %s', async (_how, around) => {
    const { gate, clock } = await gateWorld({ around });
    const change = watch(changeSetting(gate, lockToB));
    await clock.advance(9_999);
    expect(change).toStrictEqual({});
    await clock.advance(1_000);
    expect(change.error).toBeInstanceOf(SettingChangeUnavailable);
    expect(clock.monotonic()).toBe(10_999);
  });

  it('goes on when the store comes back', async () => {
    let broken = true;
    const { gate, clock } = await gateWorld({
      around: (_call, run) => (broken ? Promise.reject(new StoreUnavailable()) : run()),
    });
    const change = watch(changeSetting(gate, lockToB));
    await clock.advance(5_000);
    broken = false;
    await clock.advance(100);
    expect(change.value).toStrictEqual({ personId: PERSON, settingRevision: 1, changed: true });
  });

  it('of unknown outcome is made once, whether it stood or not', async () => {
    for (const stands of [true, false]) {
      let lost = false;
      const { gate, store, clock } = await gateWorld({
        around: async (call, run) => {
          if (!appendsChange(call) || lost) return run();
          lost = true;
          if (stands) await run();
          throw new AppendOutcomeUnknown();
        },
      });
      const change = watch(changeSetting(gate, lockToB));
      await clock.advance(100);
      expect(change.value).toStrictEqual({ personId: PERSON, settingRevision: 1, changed: true });
      expect(await typesOf(store)).toStrictEqual(['PrivacyOpened', 'RecordLocked']);
    }
  });

  it('of unknown outcome is not made again when somebody has undone it since', async () => {
    const other: { gate?: ReleaseGate } = {};
    let lost = false;
    const { gate, store, clock } = await gateWorld({
      around: async (call, run) => {
        const result = await run();
        if (!appendsChange(call) || lost) return result;
        lost = true;
        await other.gate?.changeSetting(PERSON, changeCommand(lockToB), { schemaVersion: 1 }, 'lock-2');
        throw new AppendOutcomeUnknown();
      },
    });
    other.gate = (await gateWorld({ store })).gate;
    await changeSetting(other.gate, lockToB, 'lock-1');
    const change: { value?: SettingChangeOutcome } = watch(changeSetting(gate, unlock, 'unlock-1'));
    await clock.advance(1_000);
    // The lock that was acknowledged meanwhile stands.
    expect(await typesOf(store)).toStrictEqual([
      'PrivacyOpened',
      'RecordLocked',
      'RecordUnlocked',
      'RecordLocked',
    ]);
    expect(change.value).toStrictEqual({ personId: PERSON, settingRevision: 2, changed: true });
    expect((await gate.disclose(requestOf(CLINIC_A))).kind).toBe('refused');
  });
});
