import { randomUUID } from 'node:crypto';
import { createMemoryEventStore, type EventStore, type RecordedEvent } from '@registry/event-store';
import type { PrivacyCommand, PrivacyEvent, SettingChange } from '@registry/privacy-domain';
import { clinicAccess, storeAccess } from '@registry/testing';
import type { InquiryJournal } from '../inquiry-journal.js';
import type { PersonRecord, RecordSource } from '../person-record.js';
import { privacyStream } from '../privacy-head.js';
import {
  ReleaseGate,
  type DisclosureRequest,
  type GateOptions,
  type SettingChangeOutcome,
} from '../release-gate.js';
import { seal } from '../sealed.js';
import { aroundStore, type Around } from './around-store.js';
import { VirtualClock } from './virtual-clock.js';

export const PERSON = 'person-1';
export const CLINIC_A = 'clinic-a';
export const CLINIC_B = 'clinic-b';

/** Every field is filled, so that a test sees which ones leave. */
export const RECORD: PersonRecord = {
  name: { family: 'Quill', given: 'Ada' },
  birthDate: '2019-04-02',
  sex: 'F',
  addresses: [{ street: '1 Elm St', city: 'Duluth', state: 'MN', zip: '55802' }],
  guardians: [],
  doses: [{ date: '2019-06-02', codes: [], completion: 'CP', historical: false, lot: 'L1' }],
  indications: [],
};

export const recordsOf = (...personIds: string[]): RecordSource => ({
  load: (personId) =>
    Promise.resolve(personIds.includes(personId) ? { record: seal(RECORD), linksRevision: 0 } : undefined),
});

/** A journal in the store, in clear. */
export const plainJournal = (store: EventStore): InquiryJournal => ({
  append: async ({ requester }, inquiryId) => {
    await store.append(`inquiries-${requester.clientId}-2026-03-01`, 'any', [
      { id: inquiryId, type: 'InquiryMade', data: {}, metadata: { schemaVersion: 1 } },
    ]);
  },
});

export const openCommand: PrivacyCommand = { type: 'OpenPrivacy', cause: { kind: 'registration' } };

export const changeCommand = (change: SettingChange): PrivacyCommand => ({
  type: 'ChangeSetting',
  change,
  cause: {
    kind: 'request',
    requestId: 'r1',
    approvedBy: 'desk-1',
    receivedAt: '2026-03-01T12:00:00.000Z',
  },
});

export const requestOf = (organizationId: string, personId = PERSON): DisclosureRequest => ({
  requester: { organizationId, clientId: `${organizationId}-client` },
  purpose: 'treatment',
  personId,
  inquiry: { form: 'read', terms: ['some-id'] },
});

export const changeSetting = (
  gate: ReleaseGate,
  change: SettingChange,
  eventId: string = randomUUID(),
): Promise<SettingChangeOutcome> =>
  gate.changeSetting(PERSON, changeCommand(change), { schemaVersion: 1 }, eventId);

/** A person's privacy stream, as a reader of history finds it. */
export const historyOf = async (
  store: EventStore,
): Promise<{ readonly recorded: RecordedEvent; readonly event: PrivacyEvent }[]> =>
  (await store.read(privacyStream(PERSON), { limit: 1_000_000 })).map((recorded) => ({
    recorded,
    event: recorded as unknown as PrivacyEvent,
  }));

export const typesOf = async (store: EventStore): Promise<string[]> =>
  (await historyOf(store)).map(({ event }) => event.type);

/** Opens the person and gives both clinics everything that a disclosure needs. */
export const populate = async (store: EventStore): Promise<void> => {
  for (const clinic of [CLINIC_A, CLINIC_B]) await storeAccess(store, clinicAccess(clinic, PERSON));
  await store.append(privacyStream(PERSON), 'none', [
    {
      id: 'opened',
      type: 'PrivacyOpened',
      data: {
        setting: { lock: { kind: 'none' }, optedOut: false, stopped: [] },
        previousSettingRevision: null,
        cause: { kind: 'registration' },
      },
      metadata: { schemaVersion: 1 },
    },
  ]);
};

export interface GateWorld {
  /** The store itself, past whatever the gate's own view of it does. */
  readonly store: EventStore;
  readonly clock: VirtualClock;
  readonly gate: ReleaseGate;
}

/** One gate before a store in memory with one person and two clinics, under a virtual clock. */
export const gateWorld = async (
  options: Partial<GateOptions> & { readonly around?: Around } = {},
): Promise<GateWorld> => {
  const { around, ...given } = options;
  const clock = new VirtualClock();
  const memory = createMemoryEventStore({ now: () => clock.now() });
  const store = aroundStore(memory, (_call, run) => clock.work(run));
  await populate(store);
  const seen = around === undefined ? store : aroundStore(store, around);
  const gate = new ReleaseGate({
    store: seen,
    records: recordsOf(PERSON),
    journal: plainJournal(seen),
    processes: 'one',
    clock,
    ...given,
  });
  return { store, clock, gate };
};
