import { clinicAccess, storeAccess, storeOrganization } from '@registry/testing';
import { createMemoryEventStore, type EventStore } from '@registry/event-store';
import type { SettingChange } from '@registry/privacy-domain';
import { StoredInquiryJournal } from './inquiry-journal.js';
import { ReleaseGate } from './release-gate.js';
import { aroundStore, type StoreCall } from './testing/around-store.js';
import { changeCommand, openCommand, recordsOf, requestOf } from './testing/gate-world.js';
import { VirtualClock } from './testing/virtual-clock.js';

const CLINIC = '00000000-0000-4000-a000-00000000000a';
const OTHER = '00000000-0000-4000-a000-00000000000b';
const PERSON = '00000000-0000-4000-a000-000000000001';

const METADATA = { schemaVersion: 1 };
const KEY = new Uint8Array(32).fill(7);

interface Situation {
  readonly opened?: false;
  readonly change?: SettingChange;
  readonly related?: false;
  readonly lapsed?: true;
  readonly readBefore?: true;
}

/** What a call tells whoever watches the store: everything but which ids, and ciphertext by its length only. */
const shapeOf = (call: StoreCall): unknown =>
  JSON.parse(
    JSON.stringify(call, (key, value: unknown) => {
      if (key === 'id') return 'id';
      // The setting's own revision; a read of one event either way.
      if (key === 'from') return typeof value;
      if (key === 'subject' || key === 'terms') return String(value).length;
      return value;
    }),
  );

/** Asks once in a world of its own, and returns what the store saw of it. */
const callsOf = async (situation: Situation): Promise<{ calls: unknown[]; kind: string }> => {
  const clock = new VirtualClock();
  const store = createMemoryEventStore({ now: () => clock.now() });
  await prepare(store, clock, situation);
  const calls: unknown[] = [];
  const recording = aroundStore(store, (call, run) => {
    calls.push(shapeOf(call));
    return run();
  });
  const gate = gateOn(recording, clock);
  const { kind } = await gate.disclose(requestOf(CLINIC, PERSON));
  return { calls, kind };
};

const gateOn = (store: EventStore, clock: VirtualClock): ReleaseGate =>
  new ReleaseGate({
    store,
    clock,
    records: recordsOf(PERSON),
    journal: new StoredInquiryJournal(
      store,
      {
        current: () => ({ version: 1, key: KEY }),
        get: () => KEY,
        rotate: () => Promise.resolve({ version: 1, key: KEY }),
      },
      clock,
      'writer',
    ),
    processes: 'one',
  });

const prepare = async (store: EventStore, clock: VirtualClock, situation: Situation): Promise<void> => {
  const access = clinicAccess(CLINIC, PERSON);
  const endsAt = '2026-01-01T00:00:00.000Z';
  const { agreement } = access;
  const states = situation.lapsed ? { ...access, agreement: { ...agreement, endsAt } } : access;
  await (situation.related === false ? storeOrganization(store, states) : storeAccess(store, states));
  await storeAccess(store, clinicAccess(OTHER, PERSON));
  if (situation.opened === false) return;
  const gate = gateOn(store, clock);
  await gate.changeSetting(PERSON, openCommand, METADATA, 'opened');
  if (situation.change !== undefined) {
    await gate.changeSetting(PERSON, changeCommand(situation.change), METADATA, 'changed');
  }
  if (situation.readBefore) {
    const outcome = await gate.disclose(requestOf(OTHER, PERSON));
    if (outcome.kind !== 'released' || !outcome.release.handOver()) throw new Error(outcome.kind);
  }
};

describe('The calls to the store for a person who may not be seen', () => {
  const lock: SettingChange = { kind: 'lock', organizationId: OTHER };

  it.each<[string, Situation]>([
    ['locked to another', { change: lock }],
    ['locked to another, who has read it', { change: lock, readBefore: true }],
    ['opted out', { change: { kind: 'opt-out' } }],
    ['open, in no relationship with the requester', { related: false }],
    ['open, in no relationship, read by another', { related: false, readBefore: true }],
    ['open, under an agreement that has lapsed', { lapsed: true }],
    ['known to the directory and not opened', { opened: false }],
  ])('are the same when that person is %s as when there is none', async (_situation, situation) => {
    const nobody = await callsOf({ opened: false, related: false });
    expect(nobody.kind).toBe('refused');
    expect(nobody.calls).toHaveLength(3);
    expect(await callsOf(situation)).toStrictEqual(nobody);
  });

  it('are told from a release by this comparison', async () => {
    const nobody = await callsOf({ opened: false, related: false });
    const seen = await callsOf({});
    expect(seen.kind).toBe('released');
    expect(seen.calls).not.toStrictEqual(nobody.calls);
    expect(await callsOf({ change: { kind: 'lock', organizationId: CLINIC } })).toMatchObject({
      kind: 'released',
    });
  });
});
