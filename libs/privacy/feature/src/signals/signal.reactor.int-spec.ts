import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  createMemoryContentKeys,
  newContentKey,
  seal,
  type ContentKeys,
  type KeyRing,
} from '@registry/content-keys';
import {
  accessStreams,
  IDENTITY_STREAM,
  submissionStream,
  type RegistryStatus,
  type VitalRecord,
} from '@registry/contracts';
import {
  AppendOutcomeUnknown,
  createMemoryEventStore,
  StoreUnavailable,
  type EventStore,
  type NewEvent,
} from '@registry/event-store';
import { CONSUMER_ENTITIES, CreateConsumerTables1700000000000, EmbeddedMessaging } from '@registry/messaging';
import { openReadModel, type ReadModel } from '@registry/persistence';
import { privacyStream, readVitalStatus, ReleaseGate, systemGateClock } from '@registry/privacy-gate';
import { identityDecisions } from '@registry/testing';
import { noticesOf } from '../notice/person-notice.js';
import { signalReactor } from './signal.reactor.js';

const CLINIC = 'clinic';
const OTHER = 'other-clinic';
const KEY_RING: KeyRing = {
  current: () => ({ version: 1, key: Buffer.alloc(32, 7) }),
  get: () => Buffer.alloc(32, 7),
  rotate: () => Promise.resolve({ version: 1, key: Buffer.alloc(32, 7) }),
};
const NOW = new Date('2026-03-01T12:00:00.000Z');

const DIED: VitalRecord = {
  event: 'death',
  register: 'death',
  fileNumber: 'D-1',
  issuedAt: '2026-02-01T00:00:00Z',
};
const VOIDED: VitalRecord = { ...DIED, event: 'void', issuedAt: '2026-02-02T00:00:00Z' };

interface Said {
  readonly pd1?: RegistryStatus;
  readonly died?: boolean;
  readonly vital?: VitalRecord;
  readonly organizationId?: string;
  readonly receivedAt?: string;
}

describe('The reactor to signals', () => {
  let folder: string;
  let readModel: ReadModel;
  let store: EventStore;
  let keys: ContentKeys;
  let submissions: number;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'signals-'));
    readModel = await openReadModel({
      file: join(folder, 'read-privacy.db'),
      entities: CONSUMER_ENTITIES,
      migrations: [CreateConsumerTables1700000000000],
    });
    await world();
  });
  afterEach(async () => {
    await readModel.close();
    rmSync(folder, { recursive: true });
  });

  /** Two clinics of polarity `cdc`, and three persons. */
  const world = async (): Promise<void> => {
    store = createMemoryEventStore({ now: () => NOW });
    keys = createMemoryContentKeys();
    submissions = 0;
    for (const organizationId of [CLINIC, OTHER]) {
      await append(accessStreams.organization(organizationId), 'OrganizationEnrolled', {
        state: { organizationId, name: 'A clinic', category: 'provider', status: 'active' },
      });
      await append(accessStreams.client(`${organizationId}-client`), 'ClientRegistered', {
        state: {
          clientId: `${organizationId}-client`,
          organizationId,
          name: 'EHR',
          roles: ['submitter'],
          status: 'active',
          keyHash: '0',
          processingIds: ['P'],
          protectionIndicator: 'cdc',
        },
      });
    }
    for (const person of ['p', 'q', 'r'])
      await append(privacyStream(person), 'PrivacyOpened', {
        setting: { lock: { kind: 'none' }, optedOut: false, stopped: [] },
        previousSettingRevision: null,
        cause: { kind: 'registration' },
      });
  };

  const append = async (stream: string, type: string, data: NewEvent['data']): Promise<void> => {
    const [head] = await store.heads([stream]);
    await store.append(stream, head?.revision ?? 'none', [
      { id: randomUUID(), type, data, metadata: { schemaVersion: 1 } },
    ]);
  };

  /** A submission that is linked to the person. */
  const linked = async (
    personId: string,
    { pd1, died, vital, organizationId = CLINIC, receivedAt = '2026-03-01T10:00:00.000Z' }: Said,
  ): Promise<void> => {
    submissions += 1;
    const submissionId = `submission-${submissions}`;
    const keyId = submissionStream(submissionId);
    const content = {
      contentVersion: 1,
      kind: vital === undefined ? 'vxu' : 'vital',
      ...(vital === undefined ? {} : { vital }),
      // What it says of itself is text, and no content.
      raw: '"registryStatus":{"protectionIndicator":"Y"},"died":true',
      demographics: {
        identifiers: [],
        names: [{ family: 'Olson', given: 'Nora' }],
        birthDate: '2020-01-01',
        addresses: [],
        phones: [],
        guardians: [],
        ...(died === undefined ? {} : { died }),
      },
      doses: [],
      indications: [],
      ...(pd1 === undefined ? {} : { registryStatus: pd1 }),
    };
    const sealed = seal(await keys.put(keyId, newContentKey()), keyId, JSON.stringify(content));
    await append(keyId, 'SubmissionReceived', { sealed });
    const clientId = `${organizationId}-client`;
    await append(IDENTITY_STREAM, 'SubmissionLinked', {
      submissionId,
      personId,
      organizationId,
      clientId,
      receivedAt,
    });
  };

  /** Handles all that there is; `around` sees each append. */
  const react = async (around?: (run: () => Promise<unknown>) => Promise<unknown>): Promise<void> => {
    const seen = Object.create(store) as EventStore;
    if (around !== undefined)
      Object.assign(seen, {
        append: (...given: Parameters<EventStore['append']>) => around(() => store.append(...given)),
      });
    const gate = new ReleaseGate({
      store: seen,
      records: { load: () => Promise.resolve(undefined) },
      journal: { append: () => Promise.resolve() },
      processes: 'one',
      clock: systemGateClock,
    });
    const messaging = new EmbeddedMessaging(store);
    messaging.declare(identityDecisions);
    const consumer = signalReactor({
      store: seen,
      contentKeys: keys,
      keyRing: KEY_RING,
      gate,
      clock: { now: () => NOW },
      messaging,
      readModel,
      onTrouble: () => undefined,
    });
    await consumer.start();
    const deadline = performance.now() + 20_000;
    while (!consumer.isCaughtUp()) {
      if (performance.now() > deadline) throw new Error('It never caught up');
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    await consumer.stop();
    expect(await consumer.deadLetters()).toEqual([]);
  };
  const forget = () =>
    readModel.write((tx) => tx.remove(CONSUMER_ENTITIES[0], 'id', ['privacy-signals|log']));

  /** Everything that the reactor appended, by stream. */
  const appended = async () => {
    const { events } = await store.readAll({
      categories: ['privacy', 'signal', 'signalDay', 'signalsStopped', 'notice', 'task', 'vitalStatus'],
      limit: 10_000,
    });
    return events
      .map(({ stream, revision, type, data }) => JSON.stringify([stream, revision, type, data]))
      .sort();
  };
  const typesOf = async (personId: string) =>
    (await store.read(privacyStream(personId))).map(({ type }) => type);

  const sequence = async (): Promise<void> => {
    await linked('p', { pd1: { protectionIndicator: 'N' } });
    await linked('p', { pd1: { protectionIndicator: 'Y', publicityCode: '05', registryStatus: 'A' } });
    await linked('p', { pd1: { protectionIndicator: 'Y' }, organizationId: OTHER });
    await linked('p', { pd1: { protectionIndicator: 'N', publicityCode: '02' } });
    await linked('q', {});
    await linked('q', { pd1: { publicityCode: '01', registryStatus: 'M' } });
    await linked('r', { died: true });
    await linked('r', { died: true, organizationId: OTHER });
    await linked('r', { vital: DIED });
    await linked('r', { vital: VOIDED });
  };

  it('does what each says, and tells who is to be told', async () => {
    await sequence();
    await react();
    expect(await typesOf('p')).toEqual(['PrivacyOpened', 'RecordLocked', 'MessagesStopped']);
    expect(await typesOf('q')).toEqual(['PrivacyOpened', 'MessagesStopped']);
    const codes = async (person: string) => (await noticesOf(store, person)).map(({ data }) => data['code']);
    expect(await codes('p')).toEqual([
      'tightened-by-signal',
      'messages-stopped-by-signal',
      'unlock-asked-by-signal',
    ]);
    expect(await readVitalStatus(store, ['r'])).toBe('possibly-dead');
    const { events } = await store.readAll({ categories: ['task'] });
    expect(events.map(({ data }) => data['kind']).sort()).toEqual([
      'possible-death',
      'unlock-asked-by-signal',
    ]);
  });

  it('changes nothing when everything comes again', async () => {
    await sequence();
    await react();
    const once = await appended();
    await forget();
    await react();
    expect(await appended()).toEqual(once);
  });

  it('ends alike wherever it was interrupted', async () => {
    await sequence();
    let appends = 0;
    await react((run) => {
      appends += 1;
      return run();
    });
    const undisturbed = await appended();
    expect(appends).toBeGreaterThan(10);
    for (const lost of [true, false]) {
      for (let moment = 1; moment <= appends; moment += 1) {
        await world();
        await sequence();
        await forget();
        let count = 0;
        await react(async (run) => {
          count += 1;
          if (count !== moment) return run();
          if (lost) throw new StoreUnavailable();
          await run();
          throw new AppendOutcomeUnknown();
        });
        expect(await appended()).toEqual(undisturbed);
      }
    }
  });

  it('keeps nothing of somebody who has opted out', async () => {
    await append(privacyStream('p'), 'OptedOut', {
      setting: { lock: { kind: 'none' }, optedOut: true, stopped: [] },
      previousSettingRevision: 0,
      cause: { kind: 'registration' },
    });
    await linked('p', {
      pd1: { protectionIndicator: 'Y', publicityCode: '01', registryStatus: 'M' },
      died: true,
    });
    await react();
    expect(await typesOf('p')).toEqual(['PrivacyOpened', 'OptedOut']);
    expect(await store.read(`signal-${CLINIC}-p`)).toEqual([]);
    expect(await readVitalStatus(store, ['p'])).toBe('alive');
  });

  it('appends nothing but the count of the day for messages that say nothing', async () => {
    for (let index = 0; index < 20; index += 1) await linked('p', {});
    let appends = 0;
    await react((run) => {
      appends += 1;
      return run();
    });
    // Of clients whose PD1-12 means something the persons are counted, once for the batch.
    expect(appends).toBe(1);
  });

  it('stops no messages of one who was found alive, until somebody else says so', async () => {
    await linked('r', { died: true });
    await react();
    const { events } = await store.readAll({ categories: ['task'] });
    const task = events[0]?.stream ?? '';
    await append(task, 'TaskClosed', { closedBy: 'desk', outcome: 'alive' });
    await linked('r', { died: true });
    await react();
    expect(await readVitalStatus(store, ['r'])).toBe('alive');
    await linked('r', { died: true, organizationId: OTHER });
    await react();
    expect(await readVitalStatus(store, ['r'])).toBe('possibly-dead');
  });

  const statusOf = async (...parts: string[]) => readVitalStatus(store, parts);
  const openTasks = async () =>
    (await store.readAll({ categories: ['task'] })).events.filter(({ type }) => type === 'TaskOpened');

  describe('takes back a death whose record is voided', () => {
    it.each([
      ['the death first', [DIED, VOIDED], 'alive'],
      ['the void first', [VOIDED, DIED], 'alive'],
      ['the void again and again', [VOIDED, DIED, VOIDED, DIED], 'alive'],
      [
        'of two issued at one instant the void counts',
        [VOIDED, { ...DIED, issuedAt: VOIDED.issuedAt }],
        'alive',
      ],
      ['but not one issued after the void', [{ ...DIED, issuedAt: '2026-02-03T00:00:00Z' }, VOIDED], 'dead'],
      ['nor one of another number', [{ ...DIED, fileNumber: 'D-2' }, VOIDED], 'dead'],
    ] as const)('%s', async (_case, versions, status) => {
      for (const vital of versions) await linked('r', { vital });
      await react();
      expect(await statusOf('r')).toBe(status);
      expect(await openTasks()).toEqual([]);
    });

    it('and asks staff about what others report, though they were not asked while it stood', async () => {
      await linked('r', { vital: DIED });
      await linked('r', { died: true });
      await react();
      expect(await statusOf('r')).toBe('dead');
      expect(await openTasks()).toEqual([]);
      await linked('r', { vital: VOIDED });
      await react();
      expect(await statusOf('r')).toBe('possibly-dead');
      const [task] = await openTasks();
      expect(task?.data).toMatchObject({ kind: 'possible-death', personId: 'r', about: CLINIC });
      await append(task?.stream ?? '', 'TaskClosed', { closedBy: 'desk', outcome: 'alive' });
      expect(await statusOf('r')).toBe('alive');
    });

    it.each([
      ['alive', 'alive', 1],
      ['dead', 'possibly-dead', 2],
    ] as const)('whom staff found %s', async (outcome, status, tasks) => {
      await linked('r', { died: true });
      await react();
      const [task] = await openTasks();
      await append(task?.stream ?? '', 'TaskClosed', { closedBy: 'desk', outcome });
      await linked('r', { vital: DIED });
      await linked('r', { vital: VOIDED });
      await react();
      expect(await statusOf('r')).toBe(status);
      expect(await openTasks()).toHaveLength(tasks);
    });

    it('that was kept before voids were', async () => {
      await append('vitalStatus-r', 'DeathRecorded', { submissionId: 'submission-0' });
      expect(await statusOf('r')).toBe('dead');
      await linked('r', { died: true });
      await react();
      expect(await statusOf('r')).toBe('dead');
      await linked('r', { vital: VOIDED });
      await react();
      expect(await statusOf('r')).toBe('possibly-dead');
    });

    it('of a merged person, and of the part whose death it was once they are apart', async () => {
      await linked('q', { vital: DIED });
      await react();
      const setting = { lock: { kind: 'none' }, optedOut: false, stopped: [] };
      await append(privacyStream('p'), 'PersonsMerged', {
        setting,
        previousSettingRevision: 0,
        cause: { kind: 'merge', mergeId: 'm', survivorId: 'p', absorbedId: 'q', other: setting },
      });
      await append(privacyStream('q'), 'SettingFollows', {
        survivorId: 'p',
        mergeId: 'm',
        settingRevision: 0,
      });
      expect(await statusOf('p', 'q')).toBe('dead');
      await linked('p', { vital: VOIDED });
      await react();
      expect(await statusOf('p', 'q')).toBe('alive');
      expect([await statusOf('p'), await statusOf('q')]).toEqual(['alive', 'alive']);
    });
  });
});
