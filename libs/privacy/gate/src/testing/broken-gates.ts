import { AppendOutcomeUnknown, type EventStore, type NewEvent, type Position } from '@registry/event-store';
import { privacyStream, readPrivacyHead, type PrivacyHead } from '../privacy-head.js';
import type { GateOptions, ReleaseGate } from '../release-gate.js';
import { aroundStore, isDisclosure } from './around-store.js';
import type { Plan, Spoil } from './interleaving.js';

/** What a test puts in the place of the gate's own parts. */
interface Insides {
  settled: (personId: string) => Promise<void>;
  recordAborted: () => Promise<void>;
  appendAtHead: (
    personId: string,
    id: string,
    deadline: number,
    eventOn: (head: PrivacyHead) => Omit<NewEvent, 'id'> | undefined,
  ) => Promise<{ readonly head: PrivacyHead; readonly revision?: number } | undefined>;
}

const insides = (gate: ReleaseGate): Insides => gate as unknown as Insides;

const withStore =
  (wrap: (store: EventStore) => EventStore) =>
  (options: GateOptions): GateOptions => ({ ...options, store: wrap(options.store) });

/** Goes again after an append of unknown outcome without asking whether it stands. */
const appendHeedlessly = (store: EventStore): Insides['appendAtHead'] => {
  const attempt: Insides['appendAtHead'] = async (personId, id, deadline, eventOn) => {
    try {
      const head = await readPrivacyHead(store, personId);
      const event = eventOn(head);
      if (event === undefined) return { head };
      const stream = privacyStream(personId);
      const { revision } = await store.append(stream, head.revision ?? 'none', [{ ...event, id }]);
      return { head, revision };
    } catch {
      return attempt(personId, id, deadline, eventOn);
    }
  };
  return attempt;
};

/** Gates that break one rule each, with the runs in which that must come to light. */
export const BROKEN_GATES: readonly (readonly [string, Plan, RegExp])[] = [
  [
    'appends its disclosures wherever the stream is',
    plan(2, false, {
      options: withStore((store) => ({
        ...aroundStore(store, (_call, run) => run()),
        append: (stream, expected, events) =>
          store.append(stream, events[0]?.type === 'RecordDisclosed' ? 'any' : expected, events),
      })),
    }),
    /forbidden by the setting that it was committed on/,
  ],
  [
    'does not wait for other processes',
    plan(2, false, { options: (options) => ({ ...options, processes: 'one' }) }),
    /was handed the disclosure .* after .* was acknowledged/,
  ],
  [
    'hands over late',
    plan(2, false, { handOver: (release) => release.handOver() || true }),
    /was handed the disclosure .* after .* was acknowledged/,
  ],
  [
    'does not wait for its own releases',
    plan(1, false, { gate: (gate) => (insides(gate).settled = () => Promise.resolve()) }),
    /was handed the disclosure .* after .* was acknowledged/,
  ],
  [
    'takes an unknown outcome for a success',
    plan(2, true, {
      options: withStore((store) =>
        aroundStore(store, async (call, run) => {
          try {
            return await run();
          } catch (error) {
            if (!(error instanceof AppendOutcomeUnknown) || !isDisclosure(call)) throw error;
            const result = { revision: 0, position: '0' as Position, recordedAt: '' };
            return result as Awaited<ReturnType<typeof run>>;
          }
        }),
      ),
    }),
    /was released and never committed|was released before it was committed/,
  ],
  [
    'makes a change again whose outcome it does not know',
    plan(2, true, {
      options: (options) => (heedless = options),
      gate: (gate) => {
        if (heedless !== undefined) insides(gate).appendAtHead = appendHeedlessly(heedless.store);
      },
    }),
    /was made 2 times/,
  ],
  [
    'does not record what it dropped',
    plan(2, false, { gate: (gate) => (insides(gate).recordAborted = () => Promise.resolve()) }),
    /neither handed over nor aborted/,
  ],
  [
    'answers without a journal',
    plan(2, true, {
      options: (options) => ({
        ...options,
        journal: { append: (...given) => options.journal.append(...given).catch(() => undefined) },
      }),
    }),
    /was answered and not journaled/,
  ],
];

/** The options that the gate which is being spoiled was made with. */
let heedless: GateOptions | undefined;

function plan(gates: Plan['gates'], faulty: boolean, spoil: Spoil): Plan {
  return { gates, faulty, spoil };
}
