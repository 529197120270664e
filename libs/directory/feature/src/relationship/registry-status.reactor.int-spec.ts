import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { accessStreams, IDENTITY_STREAM, type RelationshipState } from '@registry/contracts';
import { createMemoryEventStore, type EventStore, type NewEvent } from '@registry/event-store';
import {
  CONSUMER_ENTITIES,
  CreateConsumerTables1700000000000,
  EmbeddedMessaging,
  type Consumer,
  type Messaging,
} from '@registry/messaging';
import { openReadModel, type ReadModel } from '@registry/persistence';
import { privacyStream } from '@registry/privacy-gate';
import { identityDecisions } from '@registry/testing';
import { AccessRepository } from '../access/access.repository.js';
import { attestations, signals } from '../testing/directory-app.js';
import { evidenceReactor } from './evidence.reactor.js';
import { registryStatusReactor } from './registry-status.reactor.js';

const CLINIC = 'clinic';
const OFFICE = 'office';
const FIRST = '2026-01-05T10:00:00.000Z';
const SECOND = '2026-01-06T10:00:00.000Z';
const THIRD = '2026-01-07T10:00:00.000Z';

describe('The reactor to PD1-16', () => {
  let folder: string;
  let readModel: ReadModel;
  let store: EventStore;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'registry-status-'));
    readModel = await openReadModel({
      file: join(folder, 'read-directory.db'),
      entities: CONSUMER_ENTITIES,
      migrations: [CreateConsumerTables1700000000000],
    });
    store = createMemoryEventStore();
    for (const [organizationId, category] of [
      [CLINIC, 'provider'],
      [OFFICE, 'registry-operations'],
    ] as const)
      await append(accessStreams.organization(organizationId), 'OrganizationEnrolled', {
        state: { organizationId, name: organizationId, category, status: 'active' },
      });
  });
  afterEach(async () => {
    await readModel.close();
    await store.close();
    rmSync(folder, { recursive: true });
  });

  const append = async (stream: string, type: string, data: NewEvent['data']): Promise<void> => {
    const [head] = await store.heads([stream]);
    await store.append(stream, head?.revision ?? 'none', [
      { id: randomUUID(), type, data, metadata: { schemaVersion: 1 } },
    ]);
  };
  const linked = (receivedAt: string, organizationId = CLINIC) =>
    append(IDENTITY_STREAM, 'SubmissionLinked', {
      submissionId: randomUUID(),
      personId: 'p',
      organizationId,
      clientId: 'c',
      receivedAt,
    });
  const signalled = (registryStatus: string, receivedAt: string, organizationId = CLINIC) =>
    append(`signal-${organizationId}-p`, 'RegistryStatusSignalled', {
      organizationId,
      personId: 'p',
      registryStatus,
      receivedAt,
    });

  const run = async (make: (messaging: Messaging) => Consumer): Promise<void> => {
    const messaging = new EmbeddedMessaging(store);
    messaging.declare(identityDecisions);
    messaging.declare(attestations);
    messaging.declare(signals);
    const consumer = make(messaging);
    await consumer.start();
    const deadline = performance.now() + 20_000;
    while (!consumer.isCaughtUp()) {
      if (performance.now() > deadline) throw new Error('It never caught up');
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    await consumer.stop();
    expect(await consumer.deadLetters()).toEqual([]);
  };
  const evidence = () =>
    run((messaging) => evidenceReactor(new AccessRepository(store), messaging, readModel, () => undefined));
  const status = () =>
    run((messaging) =>
      registryStatusReactor(store, new AccessRepository(store), messaging, readModel, () => undefined),
    );
  const forget = (group: string) =>
    readModel.write((tx) => tx.remove(CONSUMER_ENTITIES[0], 'id', [`${group}|log`]));
  const stateOf = async (organizationId = CLINIC, personId = 'p'): Promise<RelationshipState | undefined> => {
    const [head] = await store.heads([accessStreams.relationship(organizationId, personId)]);
    return head?.data['state'] as RelationshipState | undefined;
  };

  it.each([
    ['I', 'inactive'],
    ['L', 'lost-to-follow-up'],
    ['M', 'moved'],
    ['P', 'permanently-inactive'],
  ])('ends by %s: %s', async (code, reason) => {
    await linked(FIRST);
    await evidence();
    expect((await stateOf())?.items).toHaveLength(1);
    await linked(SECOND);
    await signalled(code, SECOND);
    await evidence();
    await status();
    expect(await stateOf()).toMatchObject({ items: [], ended: { at: SECOND, reason } });
  });

  it.each([
    ['evidence first', [evidence, status]],
    ['status first', [status, evidence]],
  ])('ends alike, %s, where the first message says it', async (_name, order) => {
    await linked(FIRST);
    await signalled('M', FIRST);
    for (const step of order) await step();
    expect(await stateOf()).toMatchObject({ items: [], ended: { at: FIRST, reason: 'moved' } });
  });

  it.each([
    ['evidence first', [evidence, status]],
    ['status first', [status, evidence]],
  ])('renews by a later A, %s, and a repeat ends nothing', async (_name, order) => {
    await linked(FIRST);
    await evidence();
    const { registryId } = (await stateOf()) ?? {};
    await linked(SECOND);
    await signalled('M', SECOND);
    await linked(THIRD);
    await signalled('A', THIRD);
    for (const step of order) await step();
    const after = await stateOf();
    expect(after).toMatchObject({ registryId, items: [{ kind: 'own-submission' }] });
    await forget('directory-registry-status');
    await forget('directory-evidence');
    for (const step of order) await step();
    expect(await stateOf()).toEqual(after);
  });

  it('ends the relationships with all parts of a merged person, and with nobody else', async () => {
    const setting = { lock: { kind: 'none' }, optedOut: false, stopped: [] };
    await append(privacyStream('p'), 'PersonsMerged', {
      setting,
      previousSettingRevision: null,
      cause: { kind: 'merge', mergeId: 'm', survivorId: 'p', absorbedId: 'q', other: setting },
    });
    for (const personId of ['q', 'other'])
      await append(accessStreams.relationship(CLINIC, personId), 'RelationshipStarted', {
        state: {
          organizationId: CLINIC,
          personId,
          registryId: `id-of-${personId}`,
          items: [
            {
              kind: 'own-submission',
              purposes: ['treatment'],
              startsAt: FIRST,
              endsAt: '2028-01-01T00:00:00Z',
            },
          ],
          purposes: ['treatment'],
          startsAt: FIRST,
          endsAt: '2028-01-01T00:00:00Z',
        },
      });
    await linked(SECOND);
    await signalled('M', SECOND);
    await evidence();
    await status();
    const ended = { items: [], ended: { at: SECOND, reason: 'moved' } };
    expect(await stateOf()).toMatchObject(ended);
    expect(await stateOf(CLINIC, 'q')).toMatchObject(ended);
    expect((await stateOf(CLINIC, 'other'))?.items).toHaveLength(1);
  });

  it('does nothing for an organization that serves nobody', async () => {
    await signalled('M', FIRST, OFFICE);
    await status();
    expect(await stateOf(OFFICE)).toBeUndefined();
  });
});
