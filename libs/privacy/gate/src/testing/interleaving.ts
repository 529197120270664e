import {
  createMemoryEventStore,
  type AppendResult,
  type EventStore,
  type RecordedEvent,
} from '@registry/event-store';
import type { SettingChange } from '@registry/privacy-domain';
import type { GateClock } from '../gate-clock.js';
import type { Release } from '../release.js';
import { privacyStream } from '../privacy-head.js';
import {
  ReleaseGate,
  SettingChangeUnavailable,
  type DisclosureOutcome,
  type GateOptions,
} from '../release-gate.js';
import {
  changeSetting,
  CLINIC_A,
  CLINIC_B,
  PERSON,
  plainJournal,
  populate,
  recordsOf,
  requestOf,
} from './gate-world.js';
import type { StoreCall } from './around-store.js';
import { Chance, Scheduler, type Pace } from './scheduler.js';
import { unreliableStore } from './unreliable-store.js';
import { VirtualClock } from './virtual-clock.js';

/** Places in a run: its `step` orders what happened, `at` is virtual milliseconds. */
export interface Moment {
  readonly step: number;
  readonly at: number;
  /** Events in the privacy stream by then. */
  readonly committed: number;
}

export interface Reading {
  readonly organizationId: string;
  readonly began: Moment;
  answered?: Moment;
  outcome?: DisclosureOutcome['kind'] | 'rejected';
  /** The id that the released record carries. */
  releasedId?: string;
  inquiryId?: string;
  handedOver?: Moment;
}

export interface Change {
  readonly change: SettingChange;
  readonly eventId: string;
  readonly began: Moment;
  ended?: Moment;
  outcome?: { readonly settingRevision: number; readonly changed: boolean } | 'unavailable' | 'rejected';
}

export interface Commit {
  readonly moment: Moment;
  readonly lastRevision: number;
}

/** Everything that a checker needs to know about one run. */
export interface Run {
  readonly seed: number;
  readonly processes: 'one' | 'several';
  /** Time went by so fast that deadlines of seconds passed between two steps. */
  readonly stormy: boolean;
  readonly faults: number;
  readonly conflicts: number;
  readonly readings: readonly Reading[];
  readonly changes: readonly Change[];
  readonly commits: readonly Commit[];
  readonly history: readonly RecordedEvent[];
  readonly journal: readonly string[];
  readonly unfinished: number;
}

export interface Plan {
  readonly gates: 1 | 2;
  readonly faulty: boolean;
  /** Spoils the gate on purpose, to see that the checker bites. */
  readonly spoil?: Spoil;
}

export interface Spoil {
  readonly options?: (options: GateOptions) => GateOptions;
  readonly gate?: (gate: ReleaseGate) => void;
  readonly handOver?: (release: Release) => boolean;
}

const PACES: readonly Pace[] = [
  { often: 0.02, most: 2 },
  { often: 0.05, most: 4 },
  { often: 0.1, most: 20 },
  { often: 0.1, most: 300 },
  { often: 0.25, most: 700 },
];
const CHANGES: readonly SettingChange[] = [
  { kind: 'lock', organizationId: CLINIC_A },
  { kind: 're-lock', organizationId: CLINIC_B },
  { kind: 'lock', organizationId: CLINIC_B },
  { kind: 'unlock' },
  { kind: 'unlock' },
  { kind: 'opt-out' },
  { kind: 'opt-in' },
];

/** Readers of two organizations and changes of the setting, on one person, through gates on one store. */
export const runInterleaving = async (seed: number, plan: Plan): Promise<Run> => {
  const chance = new Chance(seed);
  const clock = new VirtualClock();
  const store = createMemoryEventStore({ now: () => clock.now() });
  await populate(store);
  const pace = chance.pick(PACES);
  const scheduler = new Scheduler(clock, chance, pace);
  const processes = plan.gates === 1 ? 'one' : 'several';
  const readings: Reading[] = [];
  const changes: Change[] = [];
  const commits: Commit[] = [];
  const count = { steps: 0, committed: 1, conflicts: 0, faults: 0, ids: 0, unfinished: 0 };
  const moment = (): Moment => ({
    step: (count.steps += 1),
    at: clock.monotonic(),
    committed: count.committed,
  });

  const trouble = {
    faults: plan.faulty ? chance.pick([0.02, 0.08, 0.2]) : 0,
    onCommit: (call: StoreCall, { revision }: AppendResult) => {
      if (call.method !== 'append' || call.stream !== privacyStream(PERSON)) return;
      count.committed = Math.max(count.committed, revision + 1);
      commits.push({ moment: moment(), lastRevision: revision });
    },
    onConflict: () => (count.conflicts += 1),
    onFault: () => (count.faults += 1),
  };
  const newGate = (view: GateClock): ReleaseGate => {
    const connection: EventStore = unreliableStore(store, scheduler, chance, trouble);
    const records = recordsOf(PERSON);
    const options: GateOptions = {
      store: connection,
      records: {
        load: async (personId) => {
          await scheduler.park();
          return records.load(personId);
        },
      },
      journal: plainJournal(connection),
      processes,
      clock: view,
      newId: () => `id-${(count.ids += 1)}`,
    };
    const gate = new ReleaseGate(plan.spoil?.options?.(options) ?? options);
    plan.spoil?.gate?.(gate);
    return gate;
  };
  const gates = Array.from({ length: plan.gates }, (_, index) =>
    newGate(clock.view(index * 12_345, index * 250)),
  );

  const read = async (gate: ReleaseGate, organizationId: string): Promise<void> => {
    await scheduler.park(chance.pick([0, 0, 50, 900, 1_500]));
    const reading: Reading = { organizationId, began: moment() };
    readings.push(reading);
    // The gate takes the inquiry's id first of all, before it waits for anything.
    reading.inquiryId = `id-${count.ids + 1}`;
    const outcome = await gate.disclose(requestOf(organizationId)).catch(() => undefined);
    reading.answered = moment();
    reading.outcome = outcome?.kind ?? 'rejected';
    if (outcome?.kind !== 'released') return;
    reading.releasedId = outcome.release.record.id;
    // A requester that went away: nobody hands the release over.
    if (chance.happens(0.1)) return;
    await scheduler.park(chance.pick([0, 0, 0, 300, 990]));
    const handOver = plan.spoil?.handOver ?? ((release: Release) => release.handOver());
    if (handOver(outcome.release)) reading.handedOver = moment();
  };
  const change = async (gate: ReleaseGate, what: SettingChange, eventId: string): Promise<void> => {
    await scheduler.park(chance.pick([0, 0, 30, 500, 1_200]));
    const entry: Change = { change: what, eventId, began: moment() };
    changes.push(entry);
    try {
      entry.outcome = await changeSetting(gate, what, eventId);
    } catch (error) {
      entry.outcome = error instanceof SettingChangeUnavailable ? 'unavailable' : 'rejected';
    }
    entry.ended = moment();
  };
  const track = async (actor: Promise<void>): Promise<void> => {
    count.unfinished += 1;
    await actor;
    count.unfinished -= 1;
  };
  /** One after the other, as one requester or one help desk makes them. */
  const inTurn = async (times: number, once: (index: number) => Promise<void>): Promise<void> => {
    for (let index = 0; index < times; index += 1) await once(index);
  };

  const readers = 3 + chance.below(5);
  for (let reader = 0; reader < readers; reader += 1) {
    const gate = chance.pick(gates);
    const organization = chance.pick([CLINIC_A, CLINIC_B]);
    void track(inTurn(1 + chance.below(3), () => read(gate, organization)));
  }
  const desks = 1 + chance.below(2);
  for (let desk = 0; desk < desks; desk += 1) {
    void track(
      inTurn(1 + chance.below(3), (index) =>
        change(chance.pick(gates), chance.pick(CHANGES), `change-${desk}-${index}`),
      ),
    );
  }
  await scheduler.run();

  const journals = [CLINIC_A, CLINIC_B].map((clinic) => `inquiries-${clinic}-client-2026-03-01`);
  const entries = await Promise.all(journals.map((stream) => store.read(stream, { limit: 10_000 })));
  return {
    seed,
    processes,
    stormy: pace.most > 500,
    faults: count.faults,
    conflicts: count.conflicts,
    readings,
    changes,
    commits,
    history: await store.read(privacyStream(PERSON), { limit: 10_000 }),
    journal: entries.flat().map(({ id }) => id),
    unfinished: count.unfinished,
  };
};
