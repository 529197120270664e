import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createMemoryContentKeys, newContentKey, seal, type ContentKeys } from '@registry/content-keys';
import {
  accessStreams,
  IDENTITY_STREAM,
  submissionStream,
  type Address,
  type EvidenceItem,
  type RelationshipState,
} from '@registry/contracts';
import { createMemoryEventStore, type EventStore, type NewEvent } from '@registry/event-store';
import { CONSUMER_ENTITIES, CreateConsumerTables1700000000000, EmbeddedMessaging } from '@registry/messaging';
import { openReadModel, type ReadModel } from '@registry/persistence';
import { privacyStream } from '@registry/privacy-gate';
import { identityDecisions } from '@registry/testing';
import { ACCESS_ENTITIES, OrganizationRow, WidenAccessTables1700000000210 } from '../access/access-rows.js';
import { AccessRepository } from '../access/access.repository.js';
import { residenceReactor } from './residence.reactor.js';

const NORTH = 'north';
const SOUTH = 'south';
const LAKE = { street: '1 Elm St', county: 'Lake', state: 'MN' };
const RICE = { street: '2 Oak St', county: '27131' };
/** Of no board. */
const POPE = { county: 'Pope' };

const newEvent = (type: string, data: NewEvent['data']): NewEvent => ({
  id: randomUUID(),
  type,
  data,
  metadata: { schemaVersion: 1 },
});

describe('The reactor to residence', () => {
  let folder: string;
  let readModel: ReadModel;
  let store: EventStore;
  let keys: ContentKeys;
  /** Streams of each call for heads; ids of each call for keys. */
  let heads: (readonly string[])[];
  let opened: (readonly string[])[];

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'residence-'));
    readModel = await openReadModel({
      file: join(folder, 'read-directory.db'),
      entities: [...CONSUMER_ENTITIES, ...ACCESS_ENTITIES],
      migrations: [CreateConsumerTables1700000000000, WidenAccessTables1700000000210],
    });
    store = createMemoryEventStore();
    keys = createMemoryContentKeys();
    heads = [];
    opened = [];
    await board(NORTH, ['27031', '27075']);
    await board(SOUTH, ['27131']);
  });

  afterEach(async () => {
    await readModel.close();
    await store.close();
    rmSync(folder, { recursive: true });
  });

  const board = async (
    organizationId: string,
    jurisdiction: string[],
    status = 'active',
    revision = 0,
  ): Promise<void> => {
    const category = 'community-health-board';
    const state = { organizationId, name: organizationId, category, status, jurisdiction };
    await store.append(accessStreams.organization(organizationId), revision === 0 ? 'none' : revision - 1, [
      newEvent('OrganizationEnrolled', { state }),
    ]);
    const row = { organizationId, name: organizationId, category, status, parentId: '', revision };
    await readModel.write((tx) => tx.upsert(OrganizationRow, [row]));
  };

  const privacyOf = async (personId: string, optedOut: boolean): Promise<void> => {
    const setting = { lock: { kind: 'none' }, optedOut, stopped: [] };
    const data = { setting, previousSettingRevision: null, cause: { kind: 'registration' } };
    await store.append(privacyStream(personId), 'none', [newEvent('PrivacyOpened', data)]);
  };

  /** A submission that is linked to the person. @returns its key id */
  const linked = async (
    personId: string,
    receivedAt: string,
    address: Address | undefined,
    over: object = {},
  ): Promise<string> => {
    const submissionId = randomUUID();
    const keyId = submissionStream(submissionId);
    const content = {
      contentVersion: 1,
      kind: 'vxu',
      raw: '',
      demographics: {
        identifiers: [],
        names: [{ family: 'Olson', given: 'Nora' }],
        birthDate: '2020-01-01',
        addresses: address === undefined ? [] : [address],
        phones: [],
        guardians: [],
      },
      doses: [],
      indications: [],
      ...over,
    };
    const sealed = seal(await keys.put(keyId, newContentKey()), keyId, JSON.stringify(content));
    await store.append(keyId, 'none', [newEvent('SubmissionReceived', { sealed })]);
    const [head] = await store.heads([IDENTITY_STREAM]);
    await store.append(IDENTITY_STREAM, head?.revision ?? 'none', [
      newEvent('SubmissionLinked', {
        submissionId,
        personId,
        organizationId: 'clinic',
        clientId: 'c',
        receivedAt,
      }),
    ]);
    return keyId;
  };

  /** Reacts to what is new, as one batch. */
  const react = async (): Promise<void> => {
    heads = [];
    opened = [];
    const watched: EventStore = Object.create(store, {
      heads: {
        value: (streams: readonly string[]) => {
          heads.push(streams);
          return store.heads(streams);
        },
      },
    }) as EventStore;
    const messaging = new EmbeddedMessaging(store);
    messaging.declare(identityDecisions);
    const consumer = residenceReactor({
      store: watched,
      contentKeys: {
        getMany: (ids) => {
          opened.push(ids);
          return keys.getMany(ids);
        },
        close: () => keys.close(),
      },
      repository: new AccessRepository(watched),
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
  const reactAgainToAll = async (): Promise<void> => {
    await readModel.write((tx) => tx.remove(CONSUMER_ENTITIES[0], 'id', ['directory-residence|log']));
    await react();
  };

  const typesOf = async (organizationId: string, personId = 'p'): Promise<string[]> =>
    (await store.read(accessStreams.relationship(organizationId, personId))).map(({ type }) => type);
  const itemsOf = async (organizationId: string, personId = 'p'): Promise<readonly EvidenceItem[]> => {
    const last = (await store.read(accessStreams.relationship(organizationId, personId))).at(-1);
    return (last?.data['state'] as RelationshipState | undefined)?.items ?? [];
  };
  const relationships = async (): Promise<string[]> =>
    (await store.readAll({ categories: ['relationship'] })).events.map(({ stream }) => stream);

  it('gives the county’s board a relationship, and nobody else', async () => {
    await linked('p', '2026-01-31T10:00:00.000Z', LAKE);
    await linked('q', '2026-01-31T10:00:00.000Z', POPE);
    await linked('r', '2026-01-31T10:00:00.000Z', undefined);
    await react();
    expect(await itemsOf(NORTH)).toEqual([
      {
        kind: 'residence',
        purposes: ['assessment', 'outbreak', 'reminder'],
        startsAt: '2026-01-31T10:00:00.000Z',
        endsAt: '2027-01-31T10:00:00.000Z',
      },
    ]);
    expect(await relationships()).toEqual([accessStreams.relationship(NORTH, 'p')]);
  });

  it('writes no county and no address', async () => {
    await linked('p', '2026-01-31T10:00:00.000Z', LAKE);
    await react();
    const written = await store.read(accessStreams.relationship(NORTH, 'p'));
    expect(JSON.stringify(written)).not.toMatch(/Lake|27075|Elm/);
    const checkpoints = await readModel.select('SELECT * FROM consumer_checkpoint');
    expect(JSON.stringify(checkpoints)).not.toMatch(/Lake|27075|Elm/);
  });

  it('renews at most monthly, and looks at the county’s board only', async () => {
    await linked('p', '2026-01-31T10:00:00.000Z', LAKE);
    await react();
    await linked('p', '2026-02-10T10:00:00.000Z', { ...LAKE, county: 'Cook' });
    await react();
    expect(await typesOf(NORTH)).toEqual(['RelationshipStarted']);
    expect(heads.flat()).not.toContain(accessStreams.relationship(SOUTH, 'p'));
    await linked('p', '2026-03-31T10:00:00.000Z', LAKE);
    await react();
    expect(await typesOf(NORTH)).toEqual(['RelationshipStarted', 'RelationshipRenewed']);
    expect(await itemsOf(NORTH)).toMatchObject([{ endsAt: '2027-03-31T10:00:00.000Z' }]);
  });

  it.each([
    ['to another board’s county', RICE, 1],
    ['to a county of no board', POPE, 0],
    ['to another state', { county: 'Lake', state: 'IL' }, 0],
  ])('ends with a move %s', async (_where, address, there) => {
    await linked('p', '2026-01-31T10:00:00.000Z', LAKE);
    await react();
    await linked('p', '2026-05-01T00:00:00.000Z', address);
    await react();
    expect(await itemsOf(NORTH)).toMatchObject([{ endsAt: '2026-05-01T00:00:00.000Z', cutShort: true }]);
    expect(await itemsOf(SOUTH)).toHaveLength(there);
    // Back again.
    await linked('p', '2026-08-01T00:00:00.000Z', LAKE);
    await react();
    expect(await itemsOf(NORTH)).toMatchObject([
      { cutShort: true },
      { startsAt: '2026-08-01T00:00:00.000Z' },
    ]);
    if (there > 0) expect(await itemsOf(SOUTH)).toMatchObject([{ cutShort: true }]);
  });

  it('stays where a submission does not say where the person lives', async () => {
    await linked('p', '2026-01-31T10:00:00.000Z', LAKE);
    await linked('p', '2026-02-01T10:00:00.000Z', undefined);
    await linked('p', '2026-02-02T10:00:00.000Z', { county: 'Hennipen', state: 'MN' });
    const vital = { fileNumber: '1', issuedAt: '2026-02-03T10:00:00.000Z' };
    await linked('p', '2026-02-03T10:00:00.000Z', RICE, {
      kind: 'vital',
      vital: { ...vital, event: 'death' },
    });
    await linked('p', '2026-02-04T10:00:00.000Z', RICE, {
      kind: 'vital',
      vital: { ...vital, event: 'void' },
    });
    await react();
    expect(await relationships()).toEqual([accessStreams.relationship(NORTH, 'p')]);
  });

  it('goes by what came in last, in whatever order it was linked', async () => {
    await linked('p', '2026-05-01T00:00:00.000Z', LAKE);
    await linked('p', '2026-03-01T00:00:00.000Z', RICE);
    await react();
    await linked('p', '2026-02-01T00:00:00.000Z', RICE);
    await react();
    expect(await relationships()).toEqual([accessStreams.relationship(NORTH, 'p')]);
    expect(await itemsOf(NORTH)).toMatchObject([{ startsAt: '2026-05-01T00:00:00.000Z' }]);
  });

  it('appends nothing more when all is delivered again', async () => {
    await linked('p', '2026-01-31T10:00:00.000Z', LAKE);
    await react();
    await linked('p', '2026-05-01T00:00:00.000Z', RICE);
    await react();
    const before = await relationships();
    await reactAgainToAll();
    expect(await relationships()).toEqual(before);
  });

  it('passes over who has opted out, without opening anything', async () => {
    await privacyOf('p', true);
    await privacyOf('q', false);
    const hidden = await linked('p', '2026-01-31T10:00:00.000Z', LAKE);
    await linked('q', '2026-01-31T10:00:00.000Z', LAKE);
    await react();
    expect(await relationships()).toEqual([accessStreams.relationship(NORTH, 'q')]);
    expect(opened.flat()).not.toContain(hidden);
  });

  it('passes over content that was destroyed or suppressed', async () => {
    await keys.destroy([await linked('p', '2026-01-31T10:00:00.000Z', LAKE)]);
    const suppressed = await linked('q', '2026-01-31T10:00:00.000Z', LAKE);
    await store.append(suppressed, 0, [newEvent('SubmissionSuppressed', { personId: 'q' })]);
    await react();
    expect(await relationships()).toEqual([]);
  });

  it('opens nothing where there is no board', async () => {
    await readModel.write((tx) => tx.remove(OrganizationRow, 'organizationId', [NORTH, SOUTH]));
    await linked('p', '2026-01-31T10:00:00.000Z', LAKE);
    await react();
    expect([heads, opened]).toEqual([[], []]);
  });

  it('follows a jurisdiction that changes, and starts nothing with a board that is closed', async () => {
    await linked('p', '2026-01-31T10:00:00.000Z', LAKE);
    await react();
    await board(NORTH, ['27031'], 'active', 1);
    await board(SOUTH, ['27131', '27075'], 'active', 1);
    await linked('p', '2026-02-01T10:00:00.000Z', LAKE);
    await react();
    expect(await itemsOf(NORTH)).toMatchObject([{ cutShort: true }]);
    expect(await itemsOf(SOUTH)).toHaveLength(1);
    await board(SOUTH, ['27131', '27075'], 'closed', 2);
    await linked('q', '2026-02-01T10:00:00.000Z', LAKE);
    await react();
    expect(await typesOf(SOUTH, 'q')).toEqual([]);
  });
});
