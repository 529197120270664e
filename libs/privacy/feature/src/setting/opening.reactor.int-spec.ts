import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { IDENTITY_STREAM, type PersonRegistered } from '@registry/contracts';
import { createMemoryEventStore, type EventStore, type NewEvent } from '@registry/event-store';
import { CONSUMER_ENTITIES, CreateConsumerTables1700000000000, EmbeddedMessaging } from '@registry/messaging';
import { openReadModel, type ReadModel } from '@registry/persistence';
import type { PrivacySetting, Review } from '@registry/privacy-domain';
import { privacyStream, readPrivacyHead } from '@registry/privacy-gate';
import { identityDecisions } from '@registry/testing';
import { namedBy } from './candidates.js';
import { openingReactor } from './opening.reactor.js';

const CLINIC = 'clinic';
const OPEN: PrivacySetting = { lock: { kind: 'none' }, optedOut: false, stopped: [] };
const LOCKED: PrivacySetting = { ...OPEN, lock: { kind: 'only', organizationId: 'other-clinic' } };
const OUT: PrivacySetting = { ...OPEN, optedOut: true };

describe('The opening of persons', () => {
  let folder: string;
  let readModel: ReadModel;
  let store: EventStore;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'opening-'));
    readModel = await openReadModel({
      file: join(folder, 'read-privacy.db'),
      entities: CONSUMER_ENTITIES,
      migrations: [CreateConsumerTables1700000000000],
    });
    store = createMemoryEventStore();
    for (const [personId, setting] of [
      ['open', OPEN],
      ['locked', LOCKED],
      ['out', OUT],
    ] as const) {
      await append(privacyStream(personId), 'PrivacyOpened', {
        setting,
        previousSettingRevision: null,
        cause: { kind: 'registration' },
      });
    }
    await append(privacyStream('follower'), 'PrivacyOpened', {
      setting: OPEN,
      previousSettingRevision: null,
      cause: { kind: 'registration' },
    });
    await append(privacyStream('follower'), 'SettingFollows', {
      settingRevision: 0,
      survivorId: 'out',
      mergeId: randomUUID(),
    });
  });
  afterEach(async () => {
    await readModel.close();
    rmSync(folder, { recursive: true });
  });

  const append = async (stream: string, type: string, data: NewEvent['data']): Promise<void> => {
    await store.append(stream, 'any', [{ id: randomUUID(), type, data, metadata: { schemaVersion: 1 } }]);
  };

  const registered = (personId: string, more: Partial<PersonRegistered> = {}): Promise<void> =>
    append(IDENTITY_STREAM, 'PersonRegistered', {
      personId,
      provisional: (more.candidates ?? []).length > 0,
      candidates: [],
      organizationId: CLINIC,
      ...more,
    });

  /** Handles all that there is, as one batch. */
  const react = async (seen: EventStore = store, until = () => Promise.resolve(true)): Promise<void> => {
    const messaging = new EmbeddedMessaging(store);
    messaging.declare(identityDecisions);
    const consumer = openingReactor({ store: seen, messaging, readModel, onTrouble: () => undefined });
    await consumer.start();
    const deadline = performance.now() + 20_000;
    while (!(await until()) || (seen === store && !consumer.isCaughtUp())) {
      if (performance.now() > deadline) throw new Error('It never caught up');
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    await consumer.stop();
    expect(await consumer.deadLetters()).toEqual([]);
  };

  const reviewOf = async (personId: string): Promise<Review | 'none' | 'unopened'> => {
    const { state } = await readPrivacyHead(store, personId);
    return state.status === 'opened' ? (state.review ?? 'none') : 'unopened';
  };

  it('puts each of a batch under the review that the settings of its own candidates ask for', async () => {
    await registered('new');
    await registered('like nobody of note', { similar: ['open', 'locked'] });
    await registered('like one who is out', { similar: ['open', 'out'] });
    await registered('like one who follows one who is out', { similar: ['follower'] });
    await registered('perhaps open', { candidates: ['open'] });
    await registered('perhaps open, like one locked', { candidates: ['open'], similar: ['locked'] });
    await registered('perhaps locked', { candidates: ['open', 'locked'] });
    await registered('perhaps out', { candidates: ['open', 'out'] });
    await registered('perhaps somebody unknown', { candidates: ['nobody'] });
    await react();

    const provisional = { kind: 'provisional', submittedBy: CLINIC };
    const reviews = {
      new: 'none',
      'like nobody of note': 'none',
      'like one who is out': { kind: 'held', candidates: ['out'] },
      'like one who follows one who is out': { kind: 'held', candidates: ['follower'] },
      'perhaps open': { ...provisional, candidates: ['open'] },
      'perhaps open, like one locked': { ...provisional, candidates: ['open'], onlySubmitter: true },
      'perhaps locked': { ...provisional, candidates: ['open', 'locked'], onlySubmitter: true },
      'perhaps out': { kind: 'held', candidates: ['open', 'out'] },
      'perhaps somebody unknown': { ...provisional, candidates: ['nobody'] },
    };
    for (const [personId, review] of Object.entries(reviews))
      expect([personId, await reviewOf(personId)]).toStrictEqual([personId, review]);
    expect(new Set(await namedBy(store, 'out'))).toStrictEqual(
      new Set(['like one who is out', 'perhaps out']),
    );
  });

  it('looks settings up for many at once, and for no more than it is to open next', async () => {
    const asked: number[] = [];
    const seen = Object.create(store) as EventStore;
    let opened = 0;
    Object.assign(seen, {
      heads: (streams: readonly string[]) => {
        asked.push(streams.length);
        return store.heads(streams);
      },
      append: (...given: Parameters<EventStore['append']>) => {
        opened += 1;
        return store.append(...given);
      },
    });
    for (let person = 0; person < 300; person += 1)
      await registered(`person ${person}`, { similar: [`like ${person}`, 'open'] });
    await react(seen, () => Promise.resolve(opened === 300));
    // A hundred persons each time, and the one whom all are like.
    expect(asked.filter((streams) => streams > 2)).toStrictEqual([101, 101, 101]);
  });

  it('opens all but whoever is compared with somebody whose setting cannot be read', async () => {
    await append(privacyStream('unreadable'), 'PrivacyOpened', { setting: 'of a later version' });
    await registered('first', { similar: ['open'] });
    await registered('second', { similar: ['unreadable'] });
    await registered('third', { similar: ['out'] });
    const opened = async () =>
      (await reviewOf('first')) !== 'unopened' && (await reviewOf('third')) !== 'unopened';
    await react(Object.create(store) as EventStore, opened);
    expect(await reviewOf('first')).toBe('none');
    expect(await reviewOf('second')).toBe('unopened');
    expect(await reviewOf('third')).toStrictEqual({ kind: 'held', candidates: ['out'] });
  });
});
