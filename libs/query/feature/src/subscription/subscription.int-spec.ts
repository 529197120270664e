import { createHash, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { accessStreams, type ContractEvent, type TopicName } from '@registry/contracts';
import {
  createMemoryEventStore,
  type EventStore,
  type JsonObject,
  type RecordedEvent,
} from '@registry/event-store';
import {
  createMemoryExchange,
  ExchangeUnavailable,
  type Exchange,
  type MemoryExchange,
} from '@registry/exchange';
import {
  CONSUMER_ENTITIES,
  CreateConsumerTables1700000000000,
  EmbeddedMessaging,
  type Consumer,
  type ConsumerTrouble,
} from '@registry/messaging';
import { openReadModel, type ReadModel } from '@registry/persistence';
import { privacyStream } from '@registry/privacy-gate';
import type { SubscribedRecord, Subscription } from '@registry/query-domain';
import { clinicAccess, storeOrganization } from '@registry/testing';
import type { RecordWanted } from '../record/folded-records.js';
import { RecordLooker } from './record-looker.js';
import { recordPublisher, subscriberTopic } from './record-publisher.js';
import { subscribedRecordProjector } from './subscribed-record.projector.js';
import { SubscriberFeed } from './subscriber-feed.query.js';
import { SubscriberIndex } from './subscriber-index.js';
import { subscriptionReactor } from './subscription.reactor.js';
import { CreateSubscriptions1700000000330, SUBSCRIPTION_ENTITIES } from './subscription-rows.js';
import { SubscriptionSweep } from './subscription-sweep.js';
import { subscribedRecordStream, subscriptionStream, subscriptionTopic } from './subscription.topic.js';

const CLINIC = 'clinic-a';
const OTHER = 'clinic-b';
const START = Date.parse('2026-03-02T12:00:00.000Z');
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

const OPEN = { lock: { kind: 'none' }, optedOut: false, stopped: [] };
const LOCKED = { ...OPEN, lock: { kind: 'only', organizationId: OTHER } };
const NOBODY = { ...OPEN, lock: { kind: 'nobody' } };
const OPTED_OUT = { ...OPEN, optedOut: true };

const envelope = ({ id, revision, position, recordedAt }: RecordedEvent) => ({
  id,
  revision,
  position,
  recordedAt,
});

/** What the other contexts publish, as far as these tests need it. */
const contractOf: Partial<Record<TopicName, (event: RecordedEvent) => ContractEvent | undefined>> = {
  'identity.decisions.v1': (event) => {
    const { type, data } = event;
    return { ...envelope(event), type, key: (data['personId'] ?? data['survivorId']) as string, data };
  },
  'privacy.settings.v1': (event) => {
    const personId = event.stream.slice('privacy-'.length);
    const { mergeId, survivorId, setting, review, previousSettingRevision } = event.data;
    const of = { ...envelope(event), key: personId };
    return event.type === 'SettingFollows'
      ? { ...of, type: 'PersonFollows', data: { mergeId, absorbedId: personId, survivorId } }
      : {
          ...of,
          type: 'PrivacySettingChanged',
          data: {
            personId,
            settingRevision: event.revision,
            previousSettingRevision,
            setting,
            ...(review ? { review } : {}),
          },
        };
  },
  'directory.relationships.v1': (event) => ({
    ...envelope(event),
    type: 'RelationshipChanged',
    key: event.stream,
    data: event.data,
  }),
  'directory.access.v1': (event) => {
    const category = event.stream.slice(0, event.stream.indexOf('-'));
    const type = `${category.charAt(0).toUpperCase()}${category.slice(1)}Changed`;
    return { ...envelope(event), type, key: event.stream, data: event.data };
  },
};

const CATEGORIES: Partial<Record<TopicName, readonly string[]>> = {
  'identity.decisions.v1': ['identity'],
  'privacy.settings.v1': ['privacy'],
  'directory.relationships.v1': ['relationship'],
  'directory.access.v1': ['organization', 'agreement', 'client'],
};

interface Told {
  readonly type: string;
  readonly registryId: string;
  readonly version: number;
}

describe('Subscribers', () => {
  let folder: string;
  let now: number;
  let store: EventStore;
  let readModel: ReadModel;
  let exchange: MemoryExchange;
  let isAway: boolean;
  /** Records do not have what has just changed. */
  let isLagging: boolean;
  let consumers: Consumer[];
  let sweep: SubscriptionSweep;
  let feed: SubscriberFeed;
  let troubles: ConsumerTrouble[];
  /** Registry ids of records that are not folded. */
  let unfolded: Set<string>;
  /** Of the records that are folded. */
  let newestLink: number;

  const clock = { now: () => new Date(now) };

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'subscriptions-'));
    now = START;
    unfolded = new Set();
    newestLink = -1;
    isAway = false;
    isLagging = false;
    store = createMemoryEventStore({ now: () => clock.now() });
    exchange = createMemoryExchange();
    await storeOrganization(store, clinicAccess(CLINIC, 'nobody'));
    await open();
  });
  afterEach(async () => {
    await close();
    await store.close();
    rmSync(folder, { recursive: true });
  });

  const open = async (): Promise<void> => {
    troubles = [];
    readModel = await openReadModel({
      file: join(folder, 'read-query-subscriptions.db'),
      entities: [...CONSUMER_ENTITIES, ...SUBSCRIPTION_ENTITIES],
      migrations: [CreateConsumerTables1700000000000, CreateSubscriptions1700000000330],
    });
    const messaging = new EmbeddedMessaging(store);
    for (const [topic, toContract] of Object.entries(contractOf) as [TopicName, () => ContractEvent][])
      messaging.declare({ topic, categories: CATEGORIES[topic] ?? [], toContract });
    messaging.declare(subscriptionTopic);
    const onTrouble = (trouble: ConsumerTrouble) => void troubles.push(trouble);
    const index = new SubscriberIndex(readModel);
    const folded = {
      newestLink: (
        _organizationId: string,
        registryId: string,
        { changes = [], awaited = -1 }: RecordWanted,
      ) => {
        const isWanted = changes.length > 0 || awaited > newestLink;
        const isThere = !unfolded.has(registryId) && !(isLagging && isWanted);
        return Promise.resolve(isThere ? newestLink : undefined);
      },
    };
    const looker = new RecordLooker({ store, clock, folded });
    feed = new SubscriberFeed(readModel);
    const parts = { index, looker, clock, readModel };
    sweep = new SubscriptionSweep({ ...parts, store, feed, isCaughtUp: () => true });
    const onCalled = () => void sweep.run();
    const unreliable: Exchange = {
      ...exchange,
      publish: (topic, events) =>
        isAway ? Promise.reject(new ExchangeUnavailable()) : exchange.publish(topic, events),
    };
    consumers = [
      subscriptionReactor({ ...parts, messaging, onCalled, onTrouble }),
      subscribedRecordProjector(messaging, readModel, onTrouble),
      recordPublisher(unreliable, messaging, readModel, onTrouble),
    ];
    for (const consumer of consumers) await consumer.start();
  };
  const close = async (): Promise<void> => {
    await sweep.stop();
    await Promise.all(consumers.map((consumer) => consumer.stop()));
    await readModel.close();
    expect(troubles).toEqual([]);
  };

  const append = async (stream: string, type: string, data: JsonObject): Promise<void> => {
    const [head] = await store.heads([stream]);
    await store.append(stream, head?.revision ?? 'none', [
      { id: randomUUID(), type, data, metadata: { schemaVersion: 1 } },
    ]);
  };
  const setting = async (personId: string, next: JsonObject, review?: JsonObject): Promise<void> => {
    const [head] = await store.heads([privacyStream(personId)]);
    await append(privacyStream(personId), head === undefined ? 'PrivacyOpened' : 'SettingRestored', {
      setting: next,
      previousSettingRevision: head?.revision ?? null,
      cause: { kind: 'registration' },
      ...(review === undefined ? {} : { review }),
    });
  };
  const relationship = (personId: string, organizationId = CLINIC) =>
    clinicAccess(organizationId, personId).relationship;
  const serve = async (personId: string, endsAt = '2040-01-01T00:00:00.000Z'): Promise<string> => {
    const state = { ...relationship(personId), endsAt };
    await append(accessStreams.relationship(CLINIC, personId), 'RelationshipStarted', { state });
    return state.registryId;
  };
  const known = async (personId: string, endsAt?: string): Promise<string> => {
    await setting(personId, OPEN);
    return serve(personId, endsAt);
  };
  const decide = (type: string, data: JsonObject) => append('identity-decisions', type, data);
  const link = (personId: string) =>
    decide('SubmissionLinked', {
      submissionId: randomUUID(),
      personId,
      organizationId: CLINIC,
      clientId: `${CLINIC}-client`,
      receivedAt: clock.now().toISOString(),
    });
  const subscribe = (change: Partial<Subscription> = {}) =>
    append(subscriptionStream(CLINIC), 'SubscriptionStarted', {
      state: {
        organizationId: CLINIC,
        clientId: `${CLINIC}-client`,
        purpose: 'treatment',
        status: 'active',
        ...change,
      } as unknown as JsonObject,
    });

  const eventually = async <T>(ask: () => T | Promise<T>, expected: T): Promise<void> => {
    const deadline = performance.now() + 25_000;
    let last = await ask();
    while (JSON.stringify(last) !== JSON.stringify(expected) && performance.now() < deadline) {
      await pause(5);
      last = await ask();
    }
    expect(last).toEqual(expected);
  };
  /** What was published of records. */
  const ofRecords = () => exchange.published.filter(({ type }) => type !== 'RecordsReconciled');
  /** What the subscriber was told of a person, in order, each once. */
  const toldOf = (registryId: string): string[] => [
    ...new Set(
      exchange.published
        .filter(({ key, topic }) => key === registryId && topic === subscriberTopic(CLINIC))
        .map(({ type, data }) => `${type} ${(data as Told).version}`),
    ),
  ];
  const told = (registryId: string, ...expected: string[]) => eventually(() => toldOf(registryId), expected);

  it('are told of whom they may see, and of nobody else', async () => {
    const before = await known('before');
    const locked = 'locked';
    await setting(locked, LOCKED);
    const lockedId = await serve(locked);
    await setting('unserved', OPEN);
    await subscribe();
    await told(before, 'RecordAvailable 1');
    const after = await known('after');
    await told(after, 'RecordAvailable 1');
    // Served by another organization, which does not subscribe.
    await append(accessStreams.relationship(OTHER, 'after'), 'RelationshipStarted', {
      state: relationship('after', OTHER),
    });
    const last = await known('last');
    await told(last, 'RecordAvailable 1');
    expect(toldOf(lockedId)).toEqual([]);
    expect(
      ofRecords()
        .map(({ key }) => key)
        .sort(),
    ).toEqual([before, after, last].sort());
    // Thin: nothing but these.
    for (const { data, topic } of ofRecords()) {
      expect(Object.keys(data as object).sort()).toEqual(['registryId', 'version']);
      expect(topic).toBe(`subscriber.${CLINIC}.records.v1`);
    }
  });

  it('are told again when a record changes, and not when nothing does', async () => {
    await subscribe();
    const id = await known('person');
    await told(id, 'RecordAvailable 1');
    await link('person');
    await told(id, 'RecordAvailable 1', 'RecordAvailable 2');
    await setting('person', { ...OPEN, stopped: ['reminder'] });
    await link('person');
    await told(id, 'RecordAvailable 1', 'RecordAvailable 2', 'RecordAvailable 3');
  });

  it('are not told again of what was in the record when it was offered', async () => {
    await subscribe();
    newestLink = 1;
    const id = await known('person');
    await told(id, 'RecordAvailable 1');
    // The messages of these come late.
    for (let times = 0; times < 3; times += 1) await link('person');
    await told(id, 'RecordAvailable 1', 'RecordAvailable 2');
    const stored = await store.read(subscribedRecordStream(CLINIC, 'person'));
    expect(stored.map(({ data }) => (data['state'] as unknown as SubscribedRecord).content)).toEqual([1, 2]);
  });

  it('are told when a record is there to be fetched', async () => {
    await subscribe();
    unfolded.add(relationship('person').registryId);
    const id = await known('person');
    const other = await known('other');
    await told(other, 'RecordAvailable 1');
    expect(toldOf(id)).toEqual([]);
    unfolded.clear();
    await sweep.run();
    expect(toldOf(id)).toEqual([]);
    now = START + 5_000;
    await sweep.run();
    await told(id, 'RecordAvailable 1');
    // One that is made anew is not withdrawn for that.
    unfolded.add(id);
    await setting('person', { ...OPEN, stopped: ['recall'] });
    await link('other');
    await told(other, 'RecordAvailable 1', 'RecordAvailable 2');
    expect(toldOf(id)).toEqual(['RecordAvailable 1']);
  });

  it('are told of a change later, where the record does not have it yet', async () => {
    await subscribe();
    const id = await known('person');
    await told(id, 'RecordAvailable 1');
    isLagging = true;
    await link('person');
    const other = await known('other');
    await told(other, 'RecordAvailable 1');
    await sweep.run();
    expect(toldOf(id)).toEqual(['RecordAvailable 1']);
    isLagging = false;
    now = START + 5_000;
    await sweep.run();
    await told(id, 'RecordAvailable 1', 'RecordAvailable 2');
    now = START + 60_000;
    await sweep.run();
    await link('other');
    await told(other, 'RecordAvailable 1', 'RecordAvailable 2');
    expect(toldOf(id)).toEqual(['RecordAvailable 1', 'RecordAvailable 2']);
  });

  it('are told of every cause in the same words', async () => {
    await subscribe();
    const causes: Record<string, (personId: string) => Promise<void>> = {
      lock: (personId) => setting(personId, LOCKED),
      nobody: (personId) => setting(personId, NOBODY),
      'opt-out': (personId) => setting(personId, OPTED_OUT),
      held: (personId) => setting(personId, OPEN, { kind: 'held', candidates: ['x'] }),
      merge: async (personId) => {
        await setting('survivor', LOCKED);
        const mergeId = randomUUID();
        await append(privacyStream(personId), 'SettingFollows', {
          settingRevision: 0,
          survivorId: 'survivor',
          mergeId,
        });
        await decide('PersonsMerged', { mergeId, survivorId: 'survivor', absorbedId: personId });
      },
      'ended relationship': (personId) =>
        append(accessStreams.relationship(CLINIC, personId), 'RelationshipEnded', {
          state: { ...relationship(personId), evidence: undefined, items: [], purposes: [] },
        }),
    };
    const transcripts: string[] = [];
    for (const [cause, happen] of Object.entries(causes)) {
      const id = await known(cause);
      await told(id, 'RecordAvailable 1');
      await happen(cause);
      await told(id, 'RecordAvailable 1', 'RecordWithdrawn 2');
      const listed = async () =>
        (await feed.page(CLINIC, '')).records.filter(({ registryId }) => registryId === id);
      // Another consumer lists what this one publishes.
      await eventually(async () => (await listed()).map(({ version }) => version), [2]);
      const messages = exchange.published.filter(({ key }) => key === id);
      const stored = await store.read(subscribedRecordStream(CLINIC, cause));
      const said = JSON.stringify([
        messages.map(({ type, topic, data }) => ({ type, topic, data })),
        stored.map(({ type, data, metadata }) => ({ type, data, metadata })),
        await listed(),
      ]);
      transcripts.push(said.replaceAll(id, 'ID').replaceAll(`"${cause}"`, '"PERSON"'));
    }
    expect(new Set(transcripts).size).toBe(1);
  });

  it('are offered a record again, with a higher version', async () => {
    await subscribe();
    const id = await known('person');
    await told(id, 'RecordAvailable 1');
    await setting('person', OPTED_OUT);
    await told(id, 'RecordAvailable 1', 'RecordWithdrawn 2');
    await setting('person', OPEN);
    await told(id, 'RecordAvailable 1', 'RecordWithdrawn 2', 'RecordAvailable 3');
  });

  it('are offered a record again only with what changed while they could not see it', async () => {
    await subscribe();
    const id = await known('person');
    const other = await known('other');
    await told(id, 'RecordAvailable 1');
    await setting('person', OPTED_OUT);
    await told(id, 'RecordAvailable 1', 'RecordWithdrawn 2');
    await link('person');
    // Handled after the link.
    await link('other');
    await told(other, 'RecordAvailable 1', 'RecordAvailable 2');
    isLagging = true;
    await setting('person', OPEN);
    await setting('other', OPTED_OUT);
    await told(other, 'RecordAvailable 1', 'RecordAvailable 2', 'RecordWithdrawn 3');
    expect(toldOf(id)).toEqual(['RecordAvailable 1', 'RecordWithdrawn 2']);
    isLagging = false;
    now = START + 5_000;
    await sweep.run();
    await told(id, 'RecordAvailable 1', 'RecordWithdrawn 2', 'RecordAvailable 3');
  });

  it('follow a merge, its survivor’s choices, and its undoing', async () => {
    await subscribe();
    await setting('survivor', OPEN);
    const id = await known('absorbed');
    await told(id, 'RecordAvailable 1');
    await append(privacyStream('absorbed'), 'SettingFollows', {
      settingRevision: 0,
      survivorId: 'survivor',
      mergeId: 'm1',
    });
    await decide('PersonsMerged', { mergeId: 'm1', survivorId: 'survivor', absorbedId: 'absorbed' });
    await told(id, 'RecordAvailable 1', 'RecordAvailable 2');
    // What joins the survivor's record is in what the subscriber sees.
    await link('survivor');
    await told(id, 'RecordAvailable 1', 'RecordAvailable 2', 'RecordAvailable 3');
    await setting('survivor', LOCKED);
    const withdrawn = ['RecordAvailable 1', 'RecordAvailable 2', 'RecordAvailable 3', 'RecordWithdrawn 4'];
    await told(id, ...withdrawn);
    await decide('PersonsUnmerged', {
      mergeId: 'm1',
      survivorId: 'survivor',
      absorbedId: 'absorbed',
      relinked: [],
      unassigned: [],
    });
    await setting('absorbed', OPEN);
    await told(id, ...withdrawn, 'RecordAvailable 5');
    // What joins the other's record is nothing to the subscriber any more.
    await link('survivor');
    await link('absorbed');
    await told(id, ...withdrawn, 'RecordAvailable 5', 'RecordAvailable 6');
  });

  it.each([
    ['agreement', () => ({ ...clinicAccess(CLINIC, 'x').agreement, endsAt: new Date(START).toISOString() })],
    ['organization', () => ({ ...clinicAccess(CLINIC, 'x').organization, status: 'closed' })],
    ['client', () => ({ ...clinicAccess(CLINIC, 'x').client, status: 'revoked' })],
  ] as const)('have everything withdrawn when their %s ends, page by page', async (what, stateOf) => {
    await subscribe();
    const ids: string[] = [];
    for (let each = 0; each < 230; each += 1) ids.push(await known(`person-${each}`));
    const offered = () => new Set(ofRecords().map(({ key }) => key)).size;
    await eventually(offered, ids.length);
    const stream = what === 'client' ? accessStreams.client(`${CLINIC}-client`) : accessStreams[what](CLINIC);
    await append(stream, 'Ended', { state: stateOf() });
    const states = async () => {
      const records: string[] = [];
      for (let after = ''; ;) {
        const page = await feed.page(CLINIC, after);
        records.push(...page.records.map(({ state, version }) => `${state} ${version}`));
        if (page.records.length === 0 || page.next === undefined) break;
        after = page.next;
      }
      return { withdrawn: records.filter((record) => record === 'withdrawn 2').length, all: records.length };
    };
    await eventually(states, { withdrawn: ids.length, all: ids.length });
  });

  it('have everything withdrawn when the subscription ends, and offered again by another purpose that holds', async () => {
    await subscribe();
    const id = await known('person');
    await told(id, 'RecordAvailable 1');
    await subscribe({ status: 'ended' });
    await told(id, 'RecordAvailable 1', 'RecordWithdrawn 2');
    await subscribe({ purpose: 'school' });
    await subscribe();
    await told(id, 'RecordAvailable 1', 'RecordWithdrawn 2', 'RecordAvailable 3');
  });

  it('have withdrawn what ends by the clock', async () => {
    await subscribe();
    const short = await known('short', new Date(START + 2 * HOUR).toISOString().replace('.000', ''));
    const long = await known('long');
    await told(short, 'RecordAvailable 1');
    await told(long, 'RecordAvailable 1');
    await sweep.run();
    now = START + HOUR;
    await sweep.run();
    expect(toldOf(short)).toEqual(['RecordAvailable 1']);
    now = START + 2 * HOUR;
    await sweep.run();
    await told(short, 'RecordAvailable 1', 'RecordWithdrawn 2');
    expect(toldOf(long)).toEqual(['RecordAvailable 1']);

    const { agreement } = clinicAccess(CLINIC, 'x');
    const endsAt = new Date(START + 5 * HOUR).toISOString();
    await append(accessStreams.agreement(CLINIC), 'AgreementSigned', { state: { ...agreement, endsAt } });
    now = START + 4 * HOUR;
    await sweep.run();
    expect(toldOf(long)).toEqual(['RecordAvailable 1']);
    now = START + 6 * HOUR;
    await sweep.run();
    await told(long, 'RecordAvailable 1', 'RecordWithdrawn 2');
  });

  it('owe an acknowledgment, which is overdue after some days', async () => {
    await subscribe();
    const id = await known('person');
    await told(id, 'RecordAvailable 1');
    await setting('person', LOCKED);
    await told(id, 'RecordAvailable 1', 'RecordWithdrawn 2');
    const overdueAt = async (at: number) => (await feed.overdue(new Date(at).toISOString())).length;
    await eventually(() => overdueAt(START + 3 * DAY), 1);
    expect(await overdueAt(START + 3 * DAY - 1)).toBe(0);
    expect(await feed.overdue(new Date(START + 4 * DAY).toISOString())).toEqual([
      { organizationId: CLINIC, overdue: 1, since: new Date(START + 3 * DAY).toISOString() },
    ]);
    const stream = subscribedRecordStream(CLINIC, 'person');
    const [head] = await store.heads([stream]);
    const state = head?.data['state'] as unknown as SubscribedRecord;
    await append(stream, 'RetractionAcknowledged', {
      state: { ...state, acknowledgedAt: new Date(START).toISOString() },
    });
    await eventually(() => overdueAt(START + 4 * DAY), 0);
    // It is no news to the subscriber, and takes no place in what it reads.
    expect(toldOf(id)).toEqual(['RecordAvailable 1', 'RecordWithdrawn 2']);
    const { next } = await feed.page(CLINIC, '');
    expect((await feed.page(CLINIC, next ?? '')).records).toEqual([]);
  });

  it('are told once a legal day what they should have', async () => {
    await subscribe();
    const ids: string[] = [];
    for (let each = 0; each < 5; each += 1) ids.push(await known(`person-${each}`));
    for (const id of ids) await told(id, 'RecordAvailable 1');
    await setting('person-0', NOBODY);
    await link('person-1');
    await eventually(async () => {
      const { records } = await feed.page(CLINIC, '');
      return records.map(({ version }) => version).sort();
    }, [1, 1, 1, 2, 2]);
    const reconciled = () =>
      exchange.published
        .filter(({ type }) => type === 'RecordsReconciled')
        .map(({ key, data }) => ({ key, data }));
    await sweep.run();
    await eventually(() => reconciled().length > 0, true);
    const first = reconciled().length;
    // Not before the day is over in Minnesota.
    now = START + 17.9 * HOUR;
    await sweep.run();
    expect(reconciled().length).toBe(first);
    now = START + 18.1 * HOUR;
    await sweep.run();
    await eventually(() => reconciled().length, first + 1);
    const lines = [...ids.slice(1)].sort().map((id) => `${id} ${id === ids[1] ? 2 : 1}\n`);
    const digest = createHash('sha256').update(lines.join('')).digest('hex');
    expect(reconciled().at(-1)).toEqual({
      key: '2026-03-03',
      data: { day: '2026-03-03', records: 4, digest },
    });
  });

  it('miss nothing and hear nothing else after a crash at any place', async () => {
    await subscribe();
    const id = await known('person');
    await told(id, 'RecordAvailable 1');
    await close();
    // The consumers' memory is older than what was appended: all comes again.
    rmSync(join(folder, 'read-query-subscriptions.db'));
    await setting('person', OPTED_OUT);
    await setting('person', OPEN);
    await setting('person', LOCKED);
    await open();
    await told(id, 'RecordAvailable 1', 'RecordWithdrawn 2');
    const page = await feed.page(CLINIC, '');
    await eventually(
      async () => (await feed.page(CLINIC, '')).records,
      [{ registryId: id, version: 2, state: 'withdrawn' }],
    );
    // A cursor of the feed that was there before starts anew.
    expect((await feed.page(CLINIC, `${randomUUID()}.99`)).records).toHaveLength(1);
    expect(page.records.length).toBeLessThanOrEqual(1);
  });

  it('are told when the exchange is there again', async () => {
    isAway = true;
    await subscribe();
    const id = await known('person');
    await eventually(async () => (await feed.page(CLINIC, '')).records.length, 1);
    await eventually(() => troubles.length > 0, true);
    isAway = false;
    await told(id, 'RecordAvailable 1');
    expect(new Set(troubles.map(({ kind, code }) => `${kind} ${code}`))).toEqual(
      new Set(['infrastructure EXCHANGE.UNAVAILABLE']),
    );
    troubles = [];
  });

  it('do not keep what was locked while it was being offered', async () => {
    await subscribe();
    const id = await known('person');
    await told(id, 'RecordAvailable 1');
    // Many changes on the heels of one another: the last one counts.
    for (let times = 0; times < 20; times += 1) {
      await setting('person', times % 2 === 0 ? LOCKED : OPEN);
      if (times % 3 === 0) await link('person');
    }
    await setting('person', LOCKED);
    await eventually(async () => {
      const [head] = await store.heads([subscribedRecordStream(CLINIC, 'person')]);
      return (head?.data['state'] as unknown as SubscribedRecord).status;
    }, 'withdrawn');
    await eventually(() => consumers.every((consumer) => consumer.isCaughtUp()), true);
    const stored = await store.read(subscribedRecordStream(CLINIC, 'person'));
    const versions = stored.map(({ data }) => (data['state'] as unknown as SubscribedRecord).version);
    expect(versions).toEqual(versions.map((_version, place) => place + 1));
    expect(stored.at(-1)?.type).toBe('RecordRetracted');
  });
});
