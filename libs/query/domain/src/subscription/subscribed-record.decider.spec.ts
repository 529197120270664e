import { specOf } from '@registry/testing';
import fc from 'fast-check';
import {
  decideSubscribedRecord,
  type SubscribedRecord,
  type SubscribedRecordCommand,
  type SubscribedRecordEvent,
} from './subscribed-record.decider.js';

const PERSON = { organizationId: 'org-1', personId: 'person-1', registryId: 'id-1' };
const AT = '2026-03-02T12:00:00.000Z';
const DUE = '2026-03-05T12:00:00.000Z';

const look = (isAvailable: boolean, content?: number): SubscribedRecordCommand => ({
  type: 'LookAgain',
  person: PERSON,
  isAvailable,
  ...(content === undefined ? {} : { content }),
  at: AT,
});
const acknowledge = (version: number): SubscribedRecordCommand => ({
  type: 'AcknowledgeRetraction',
  version,
  at: AT,
});
const offered = (version: number, content: number): SubscribedRecordEvent => ({
  type: 'RecordOffered',
  data: { state: { ...PERSON, version, content, status: 'available' } },
});
const retracted = (version: number, content: number): SubscribedRecordEvent => ({
  type: 'RecordRetracted',
  data: { state: { ...PERSON, version, content, status: 'withdrawn', dueAt: DUE } },
});
const acknowledged = (version: number, content: number): SubscribedRecordEvent => ({
  type: 'RetractionAcknowledged',
  data: {
    state: { ...PERSON, version, content, status: 'withdrawn', dueAt: DUE, acknowledgedAt: AT },
  },
});

const evolve = (
  _state: SubscribedRecord | undefined,
  { data }: SubscribedRecordEvent,
): SubscribedRecord | undefined => data.state;

const given = specOf<SubscribedRecordCommand, SubscribedRecordEvent, SubscribedRecord | undefined>({
  decide: decideSubscribedRecord,
  evolve,
  initialState: undefined,
});

describe('A subscribed record', () => {
  it('is offered once, and again when it has changed', () => {
    given().when(look(true, 7)).then(offered(1, 7));
    given().when(look(true)).then(offered(1, -1));
    given(offered(1, 7)).when(look(true, 7)).thenNothing();
    given(offered(1, 7)).when(look(true)).thenNothing();
    given(offered(1, 7)).when(look(true, 8)).then(offered(2, 8));
  });

  it('is withdrawn once, if it was offered', () => {
    given().when(look(false, 7)).thenNothing();
    given(offered(1, 7)).when(look(false)).then(retracted(2, 7));
    // Whatever calls for it: the same event.
    given(offered(1, 7)).when(look(false, 9)).then(retracted(2, 7));
    given(offered(1, 7), retracted(2, 7)).when(look(false)).thenNothing();
  });

  it('is offered again when it may be seen again', () => {
    given(offered(1, 7), retracted(2, 7)).when(look(true)).then(offered(3, 7));
    given(offered(1, 7), retracted(2, 7), acknowledged(2, 7)).when(look(true, 9)).then(offered(3, 9));
  });

  it('has its withdrawal acknowledged once', () => {
    const history = [offered(1, 7), retracted(2, 7)] as const;
    given(...history)
      .when(acknowledge(2))
      .then(acknowledged(2, 7));
    given(...history, acknowledged(2, 7))
      .when(acknowledge(2))
      .thenNothing();
    const code = 'SUBSCRIPTION.WITHDRAWAL_UNKNOWN';
    given(...history)
      .when(acknowledge(1))
      .thenRefused(code);
    given(...history)
      .when(acknowledge(3))
      .thenRefused(code);
    given(offered(1, 7)).when(acknowledge(1)).thenRefused(code);
    given().when(acknowledge(1)).thenRefused(code);
  });

  const commands = fc.array(
    fc.oneof(
      fc.tuple(fc.boolean(), fc.option(fc.nat(20), { nil: undefined })).map(([is, of]) => look(is, of)),
      fc.integer({ min: 0, max: 10 }).map(acknowledge),
    ),
    { maxLength: 40 },
  );

  /** The events of all commands, refused ones left out. */
  const run = (all: readonly SubscribedRecordCommand[]): SubscribedRecordEvent[] => {
    const events: SubscribedRecordEvent[] = [];
    let state: SubscribedRecord | undefined;
    for (const command of all) {
      let decided: SubscribedRecordEvent[] = [];
      try {
        decided = decideSubscribedRecord(command, state);
      } catch {
        continue;
      }
      events.push(...decided);
      state = decided.reduce(evolve, state);
      // Fulfilled: the same again decides nothing.
      expect(decideSubscribedRecord(command, state)).toEqual([]);
    }
    return events;
  };

  it('keeps its laws, whatever happens', () => {
    fc.assert(
      fc.property(commands, (all) => {
        let last: SubscribedRecord | undefined;
        for (const { type, data } of run(all)) {
          const { state } = data;
          if (type === 'RetractionAcknowledged') expect(state.version).toBe(last?.version);
          else expect(state.version).toBe((last?.version ?? 0) + 1);
          if (type === 'RecordRetracted') expect(last?.status).toBe('available');
          if (type === 'RecordOffered' && last?.status === 'available')
            expect(state.content).toBeGreaterThan(last.content);
          expect(state.content).toBeGreaterThanOrEqual(last?.content ?? -1);
          last = state;
        }
      }),
    );
  });

  it('ends available exactly if the last look found it so', () => {
    fc.assert(
      fc.property(commands, fc.boolean(), (all, isAvailable) => {
        const last = run([...all, look(isAvailable)]).at(-1)?.data.state;
        expect(last?.status === 'available').toBe(isAvailable);
      }),
    );
  });
});
