import { randomUUID } from 'node:crypto';
import { accessStreams } from '@registry/contracts';
import { createMemoryEventStore, type EventStore, type NewEvent } from '@registry/event-store';
import { privacyStream } from '@registry/privacy-gate';
import type { SubscribedRecord } from '@registry/query-domain';
import { clinicAccess, storeAccess } from '@registry/testing';
import type { RecordWanted } from '../record/folded-records.js';
import { RecordLooker } from './record-looker.js';
import { subscribedRecordStream, subscriptionStream } from './subscription.topic.js';

const CLINIC = 'clinic-a';
const PERSON = { organizationId: CLINIC, personId: 'person', registryId: 'id' };
const NOW = new Date('2026-03-02T12:00:00.000Z');
const OPEN = { lock: { kind: 'none' }, optedOut: false, stopped: [] };
const NOBODY = { ...OPEN, lock: { kind: 'nobody' } };

describe('A look at what a subscriber may be told', () => {
  let store: EventStore;

  const append = async (stream: string, type: string, data: NewEvent['data']): Promise<void> => {
    const [head] = await store.heads([stream]);
    await store.append(stream, head?.revision ?? 'none', [
      { id: randomUUID(), type, data, metadata: { schemaVersion: 1 } },
    ]);
  };
  const setting = async (next: NewEvent['data']): Promise<void> => {
    const [head] = await store.heads([privacyStream('person')]);
    await append(privacyStream('person'), head === undefined ? 'PrivacyOpened' : 'SettingRestored', {
      setting: next,
      previousSettingRevision: head?.revision ?? null,
      cause: { kind: 'registration' },
    });
  };
  const told = async (): Promise<string[]> =>
    (await store.read(subscribedRecordStream(CLINIC, 'person'))).map(({ type }) => type);

  beforeEach(async () => {
    store = createMemoryEventStore({ now: () => NOW });
    await storeAccess(store, clinicAccess(CLINIC, 'person'));
    await append(subscriptionStream(CLINIC), 'SubscriptionStarted', {
      state: {
        organizationId: CLINIC,
        clientId: `${CLINIC}-client`,
        purpose: 'treatment',
        status: 'active',
      },
    });
    await setting(OPEN);
  });
  afterEach(() => store.close());

  const clock = { now: () => NOW };
  const folded = { newestLink: () => Promise.resolve(0) };
  /** A store in which something happens before a subscriber is told. */
  const interrupted = (happen: (event: NewEvent) => Promise<void>): EventStore => {
    let once = true;
    const append: EventStore['append'] = async (stream, expected, events) => {
      const [event] = events;
      if (once && stream.startsWith('subscribed-') && event !== undefined) {
        once = false;
        await happen(event);
      }
      return store.append(stream, expected, events);
    };
    return Object.assign(Object.create(store) as EventStore, { append });
  };

  it('takes back what was locked between its decision and its append', async () => {
    // Whoever looks because of the lock comes first, and finds nothing offered.
    const others = new RecordLooker({ store, clock, folded });
    const stale = interrupted(async () => {
      await setting(NOBODY);
      await others.lookAtAll([PERSON]);
      expect(await told()).toEqual([]);
    });
    await new RecordLooker({ store: stale, clock, folded }).lookAtAll([PERSON]);
    expect(await told()).toEqual(['RecordOffered', 'RecordRetracted']);
  });

  it('says once what two looks find', async () => {
    const looker = new RecordLooker({ store, clock, folded });
    const stale = interrupted(async () => void (await looker.lookAtAll([PERSON])));
    await new RecordLooker({ store: stale, clock, folded }).lookAtAll([PERSON]);
    await Promise.all(Array.from({ length: 8 }, () => looker.lookAtAll([PERSON])));
    expect(await told()).toEqual(['RecordOffered']);
  });

  it('remembers a change that came before the subscriber may fetch, and tells of the record with it alone', async () => {
    let newest = 3;
    const wanted: RecordWanted[] = [];
    const projection = {
      newestLink: (_organization: string, _id: string, asked: RecordWanted) => {
        wanted.push(asked);
        return Promise.resolve(newest >= (asked.awaited ?? -1) ? newest : undefined);
      },
    };
    const looker = new RecordLooker({ store, clock, folded: projection });
    await looker.lookAtAll([PERSON]);
    await setting(NOBODY);
    const changes = [{ kind: 'linked', submissionId: 's7', revision: 7, personIds: ['person'] }] as const;
    expect(await looker.lookAtAll([PERSON], { changes })).toEqual([
      { ...PERSON, awaited: 7, mayFetch: false },
    ]);
    expect(await told()).toEqual(['RecordOffered', 'RecordRetracted']);

    await setting(OPEN);
    const remembered = { ...PERSON, awaited: 7 };
    expect(await looker.lookAtAll([remembered])).toEqual([{ ...remembered, mayFetch: true }]);
    expect(await told()).toEqual(['RecordOffered', 'RecordRetracted']);
    newest = 7;
    expect(await looker.lookAtAll([remembered])).toEqual([]);
    expect(await told()).toEqual(['RecordOffered', 'RecordRetracted', 'RecordOffered']);
    // Told once, it is not waited for again.
    await looker.lookAtAll([remembered], { changes: [{ ...changes[0], revision: 9 }] });
    expect(wanted.map(({ awaited }) => awaited)).toEqual([-1, 7, 7, -1]);
  });

  it('decides again when the subscriber acknowledges meanwhile', async () => {
    const looker = new RecordLooker({ store, clock, folded });
    await looker.lookAtAll([PERSON]);
    await setting(NOBODY);
    await looker.lookAtAll([PERSON]);
    await setting(OPEN);
    const stream = subscribedRecordStream(CLINIC, 'person');
    const stale = interrupted(async () => {
      const [head] = await store.heads([stream]);
      const state = head?.data['state'] as unknown as SubscribedRecord;
      await append(stream, 'RetractionAcknowledged', {
        state: { ...state, acknowledgedAt: NOW.toISOString() },
      });
    });
    await new RecordLooker({ store: stale, clock, folded }).lookAtAll([PERSON]);
    expect(await told()).toEqual([
      'RecordOffered',
      'RecordRetracted',
      'RetractionAcknowledged',
      'RecordOffered',
    ]);
  });

  it.each([
    ['another client', { clientId: 'clinic-b-client' }],
    ['a purpose that was not agreed', { purpose: 'school' }],
    ['nothing any more', { status: 'ended' }],
  ])('finds nothing for a subscription for %s', async (_what, change) => {
    await append(subscriptionStream(CLINIC), 'SubscriptionAmended', {
      state: {
        organizationId: CLINIC,
        clientId: `${CLINIC}-client`,
        purpose: 'treatment',
        status: 'active',
        ...change,
      },
    });
    await new RecordLooker({ store, clock, folded }).lookAtAll([PERSON]);
    expect(await told()).toEqual([]);
  });

  it('guesses nothing about a privacy stream that it does not understand', async () => {
    const looker = new RecordLooker({ store, clock, folded });
    await looker.lookAtAll([PERSON]);
    await append(privacyStream('person'), 'SettingFollows', { settingRevision: 0 });
    await looker.lookAtAll([PERSON]);
    expect(await told()).toEqual(['RecordOffered', 'RecordRetracted']);
  });

  it('appends nothing to the person’s history: nothing is disclosed', async () => {
    const before = await store.read(privacyStream('person'));
    await new RecordLooker({ store, clock, folded }).lookAtAll([PERSON]);
    expect(await store.read(privacyStream('person'))).toEqual(before);
    const [relationship] = await store.heads([accessStreams.relationship(CLINIC, 'person')]);
    expect(relationship?.revision).toBe(0);
  });
});
