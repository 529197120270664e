import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  accessStreams,
  IDENTITY_STREAM,
  readContractEvent,
  type EvidenceItem,
  type RelationshipState,
} from '@registry/contracts';
import {
  createMemoryEventStore,
  StoreUnavailable,
  type EventStore,
  type NewEvent,
  type RecordedEvent,
} from '@registry/event-store';
import {
  CONSUMER_ENTITIES,
  CreateConsumerTables1700000000000,
  EmbeddedMessaging,
  type Consumer,
} from '@registry/messaging';
import { openReadModel, type ReadModel } from '@registry/persistence';
import { identityDecisions } from '@registry/testing';
import { AccessRepository } from '../access/access.repository.js';
import { attestations, DirectoryApp } from '../testing/directory-app.js';
import { evidenceReactor } from './evidence.reactor.js';
import { relationshipTopic } from './relationship.topic.js';

const RECEIVED = '2026-01-31T10:00:00.000Z';
const CLINIC = 'clinic';
const SCHOOL = 'school';
const OFFICE = 'office';

const newEvent = (type: string, data: NewEvent['data']): NewEvent => ({
  id: randomUUID(),
  type,
  data,
  metadata: { schemaVersion: 1 },
});
const linked = (personId: string, organizationId = CLINIC, receivedAt = RECEIVED): NewEvent =>
  newEvent('SubmissionLinked', {
    submissionId: randomUUID(),
    personId,
    organizationId,
    clientId: 'c',
    receivedAt,
  });
const matched = (personId: string, organizationId = SCHOOL): NewEvent =>
  newEvent('RosterEntryMatched', {
    submissionId: randomUUID(),
    personId,
    organizationId,
    clientId: 'c',
    receivedAt: RECEIVED,
    from: '2025-09-02',
    through: '2026-06-05',
  });

type Call = readonly ['heads', readonly string[]] | readonly ['append', string];

describe('The reactor to evidence', () => {
  let folder: string;
  let readModel: ReadModel;
  let store: EventStore;
  let calls: Call[];
  /** Done instead of an append, where set. */
  let instead: ((append: () => Promise<unknown>, stream: string) => Promise<unknown>) | undefined;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'evidence-'));
    readModel = await openReadModel({
      file: join(folder, 'read-directory.db'),
      entities: CONSUMER_ENTITIES,
      migrations: [CreateConsumerTables1700000000000],
    });
    store = createMemoryEventStore();
    calls = [];
    instead = undefined;
    for (const [organizationId, category] of [
      [CLINIC, 'provider'],
      [SCHOOL, 'school'],
      [OFFICE, 'registry-operations'],
    ] as const) {
      const state = { organizationId, name: organizationId, category, status: 'active' };
      await store.append(accessStreams.organization(organizationId), 'none', [
        newEvent('OrganizationEnrolled', { state }),
      ]);
    }
  });

  afterEach(async () => {
    await readModel.close();
    await store.close();
    rmSync(folder, { recursive: true });
  });

  const decided = async (...events: NewEvent[]): Promise<void> => {
    const [head] = await store.heads([IDENTITY_STREAM]);
    await store.append(IDENTITY_STREAM, head?.revision ?? 'none', events);
  };

  const start = async (): Promise<Consumer> => {
    const watched = {
      heads: (streams: readonly string[]) => {
        calls.push(['heads', streams]);
        return store.heads(streams);
      },
      append: (...call: Parameters<EventStore['append']>) => {
        calls.push(['append', call[0]]);
        const append = () => store.append(...call);
        return instead === undefined ? append() : instead(append, call[0]);
      },
    } as unknown as EventStore;
    const messaging = new EmbeddedMessaging(store);
    messaging.declare(identityDecisions);
    messaging.declare(attestations);
    const repository = new AccessRepository(watched);
    const consumer = evidenceReactor(repository, messaging, readModel, () => undefined);
    await consumer.start();
    return consumer;
  };

  const until = async (holds: () => Promise<boolean> | boolean): Promise<void> => {
    const deadline = performance.now() + 20_000;
    while (!(await holds())) {
      if (performance.now() > deadline) throw new Error('It never came true');
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
  };

  /** Reacts to everything that was decided so far. */
  const react = async (): Promise<void> => {
    const consumer = await start();
    await until(() => consumer.isCaughtUp());
    await consumer.stop();
  };

  const historyOf = (personId: string, organizationId = CLINIC): Promise<RecordedEvent[]> =>
    store.read(accessStreams.relationship(organizationId, personId));
  const stateOf = async (
    personId: string,
    organizationId = CLINIC,
  ): Promise<RelationshipState | undefined> => {
    const last = (await historyOf(personId, organizationId)).at(-1);
    if (last === undefined) return undefined;
    const event = relationshipTopic.toContract(last);
    if (event === undefined) throw new Error('Not published');
    return readContractEvent('directory.relationships.v1', event).data.state;
  };
  const itemsOf = async (personId: string, organizationId = CLINIC): Promise<readonly EvidenceItem[]> =>
    (await stateOf(personId, organizationId))?.items ?? [];

  it('starts relationships by submissions of providers and by rosters, and by nothing else', async () => {
    await decided(
      newEvent('PersonRegistered', { personId: 'p1', provisional: false, candidates: [] }),
      linked('p1'),
      linked('p1', SCHOOL),
      linked('p1', OFFICE),
      matched('p2'),
      matched('p2', OFFICE),
      linked('p3', 'unknown'),
    );
    await react();
    expect(await itemsOf('p1')).toMatchObject([{ kind: 'own-submission', purposes: ['treatment'] }]);
    expect(await itemsOf('p2', SCHOOL)).toMatchObject([
      { kind: 'roster', purposes: ['school'], endsAt: '2026-06-06T05:00:00.000Z' },
    ]);
    const all = (await store.readAll({ categories: ['relationship'] })).events;
    expect(all.map(({ stream }) => stream).sort()).toEqual([
      accessStreams.relationship(CLINIC, 'p1'),
      accessStreams.relationship(SCHOOL, 'p2'),
    ]);
  });

  it('reads the heads of a batch in one call, a category once, and nothing for births', async () => {
    const persons = Array.from({ length: 30 }, (_, index) => `p${index}`);
    const births = Array.from({ length: 30 }, (_, index) => linked(`b${index}`, OFFICE));
    await decided(...persons.map((person) => linked(person)), ...births);
    const consumer = await start();
    await until(() => calls.filter(([method]) => method === 'append').length === 30);
    await decided(linked('later'), linked('later', OFFICE));
    await until(() => consumer.isCaughtUp());
    await until(async () => (await historyOf('later')).length === 1);
    await consumer.stop();
    const heads = calls.flatMap(([method, streams]) => (method === 'heads' ? [streams] : []));
    expect(heads).toEqual([
      [accessStreams.organization(CLINIC), accessStreams.organization(OFFICE)],
      persons.map((person) => accessStreams.relationship(CLINIC, person)),
      [accessStreams.relationship(CLINIC, 'later')],
    ]);
  });

  it('puts what a batch says about one relationship into one append, in order', async () => {
    await decided(linked('p'), matched('p', CLINIC), linked('p', CLINIC, '2026-05-01T00:00:00.000Z'));
    await react();
    expect((await historyOf('p')).map(({ type }) => type)).toEqual([
      'RelationshipStarted',
      'RelationshipEvidenceAdded',
      'RelationshipRenewed',
    ]);
    expect(calls.filter(([method]) => method === 'append')).toHaveLength(1);
    expect(
      new Set((await historyOf('p')).map(({ data }) => (data['state'] as { registryId: string }).registryId))
        .size,
    ).toBe(1);
  });

  it('goes on from what the first events stored', async () => {
    const state = {
      organizationId: CLINIC,
      personId: 'p',
      registryId: 'x1',
      evidence: 'own-submission',
      purposes: ['treatment'],
      startsAt: '2024-06-01T00:00:00Z',
      endsAt: '2026-06-01T00:00:00Z',
    };
    await store.append(accessStreams.relationship(CLINIC, 'p'), 'none', [
      newEvent('RelationshipStarted', { state }),
    ]);
    await decided(linked('p'));
    await react();
    expect(await stateOf('p')).toStrictEqual({
      organizationId: CLINIC,
      personId: 'p',
      registryId: 'x1',
      items: [
        {
          kind: 'own-submission',
          purposes: ['treatment'],
          startsAt: '2024-06-01T00:00:00Z',
          endsAt: '2028-01-31T10:00:00.000Z',
        },
      ],
      purposes: ['treatment'],
      startsAt: '2024-06-01T00:00:00Z',
      endsAt: '2028-01-31T10:00:00.000Z',
    });
  });

  it.each(['before', 'after'] as const)(
    'loses and doubles nothing when the store goes away %s an append of the batch',
    async (when) => {
      await decided(linked('p1'), linked('p2'), linked('p3'), matched('p1', CLINIC));
      let failures = 0;
      instead = async (append, stream) => {
        const fails = stream === accessStreams.relationship(CLINIC, 'p2') && failures === 0;
        if (fails) failures += 1;
        if (fails && when === 'before') throw new StoreUnavailable('away');
        const result = await append();
        if (fails) throw new StoreUnavailable('away');
        return result;
      };
      await react();
      expect(failures).toBe(1);
      expect(await historyOf('p1')).toHaveLength(2);
      for (const person of ['p2', 'p3']) expect(await historyOf(person)).toHaveLength(1);
      // And nothing more when all of it is delivered again.
      await readModel.write((tx) => tx.remove(CONSUMER_ENTITIES[0], 'id', ['directory-evidence|log']));
      await react();
      expect(await historyOf('p1')).toHaveLength(2);
      for (const person of ['p2', 'p3']) expect(await historyOf(person)).toHaveLength(1);
    },
  );

  it('decides again on what another process has appended meanwhile', async () => {
    await decided(linked('p1'), matched('p1', CLINIC));
    let raced = false;
    instead = async (append, stream) => {
      if (!raced) {
        raced = true;
        const state = {
          organizationId: CLINIC,
          personId: 'p1',
          registryId: 'theirs',
          items: [
            {
              kind: 'own-submission',
              purposes: ['treatment'],
              startsAt: RECEIVED,
              endsAt: '2028-01-31T10:00:00.000Z',
            },
          ],
          purposes: ['treatment'],
          startsAt: RECEIVED,
          endsAt: '2028-01-31T10:00:00.000Z',
        };
        await store.append(stream, 'none', [newEvent('RelationshipStarted', { state })]);
      }
      return append();
    };
    await react();
    expect((await historyOf('p1')).map(({ type }) => type)).toEqual([
      'RelationshipStarted',
      'RelationshipEvidenceAdded',
    ]);
    expect(await stateOf('p1')).toMatchObject({ registryId: 'theirs' });
  });

  it('puts a message that is not as its contract says aside, and takes the others', async () => {
    await decided(
      linked('p1'),
      newEvent('RosterEntryMatched', { personId: 'p2', organizationId: SCHOOL }),
      linked('p3'),
    );
    const consumer = await start();
    await until(() => consumer.isCaughtUp());
    expect((await consumer.deadLetters()).map(({ reason }) => reason)).toEqual(['CONTRACT.VIOLATION']);
    await consumer.stop();
    for (const person of ['p1', 'p3']) expect(await historyOf(person)).toHaveLength(1);
  });
});

describe('A relationship', () => {
  let app: DirectoryApp;

  beforeAll(async () => {
    app = await DirectoryApp.start('2026-03-01T12:00:00.000Z');
  });

  afterAll(() => app.stop());

  it('is ended by the organization’s own id for the person, and starts again under the same', async () => {
    const organizationId = await app.enrol();
    const stream = accessStreams.relationship(organizationId, 'p1');
    const submit = async (receivedAt: string, started: number): Promise<RelationshipState> => {
      const [head] = await app.store.heads([IDENTITY_STREAM]);
      await app.store.append(IDENTITY_STREAM, head?.revision ?? 'none', [
        linked('p1', organizationId, receivedAt),
      ]);
      const deadline = performance.now() + 20_000;
      for (;;) {
        const events = await app.store.read(stream);
        const last = events.at(-1);
        if (last !== undefined && events.length >= started) return last.data['state'] as RelationshipState;
        if (performance.now() > deadline) throw new Error('It never started');
        await new Promise((resolve) => setTimeout(resolve, 2));
      }
    };
    const { registryId } = await submit('2026-02-01T00:00:00.000Z', 1);
    await app.projected();
    const end = (id: string, reason: string) =>
      app.request('POST', `organizations/${organizationId}/relationships/${id}/end`, { reason });
    expect((await end(registryId, 'because')).status).toBe(400);
    expect((await end(randomUUID(), 'moved')).status).toBe(404);
    for (let time = 0; time < 2; time += 1) {
      const ended = await end(registryId, 'moved');
      expect([ended.status, ended.json()]).toEqual([200, { registryId, status: 'ended' }]);
    }
    expect((await app.store.read(stream)).map(({ type }) => type)).toEqual([
      'RelationshipStarted',
      'RelationshipEnded',
    ]);
    const again = await submit('2026-03-02T00:00:00.000Z', 3);
    expect(again).toMatchObject({ registryId, items: [{ kind: 'own-submission' }] });
  });
});
