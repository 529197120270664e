import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createMemoryContentKeys, newContentKey, seal, type ContentKeys } from '@registry/content-keys';
import { submissionStream, type ContractEvent } from '@registry/contracts';
import {
  createMemoryEventStore,
  StoreUnavailable,
  type EventStore,
  type NewEvent,
} from '@registry/event-store';
import {
  CONSUMER_ENTITIES,
  CreateConsumerTables1700000000000,
  EmbeddedMessaging,
  type Consumer,
} from '@registry/messaging';
import { openReadModel, type ReadModel } from '@registry/persistence';
import { SubmissionRepository } from '../submission.repository.js';
import { submissionTopic } from '../submission.topic.js';
import { contentDestructionReactor } from './content-destruction.reactor.js';
import { sweepOrphanKeys } from './orphan-key-sweep.js';
import { suppressionReactor } from './suppression.reactor.js';

const PERSON = 'person-1';
let lastId = 0;
const event = (type: string, data: NewEvent['data']): NewEvent => ({
  id: `event-${(lastId += 1)}`,
  type,
  data,
  metadata: { schemaVersion: 1 },
});
const setting = (type: string, optedOut: boolean, previousSettingRevision: number | null): NewEvent =>
  event(type, {
    setting: { lock: { kind: 'none' }, optedOut, stopped: [] },
    previousSettingRevision,
    cause: { kind: 'registration' },
  });

/** Fails once, at the n-th call of an effect, before or after it took place: as a process that dies there. */
class Fault {
  private calls = 0;
  fired = false;

  constructor(
    private readonly at: number,
    private readonly when: 'before' | 'after',
  ) {}

  async around<T>(effect: () => Promise<T>): Promise<T> {
    this.calls += 1;
    const here = this.calls === this.at;
    if (here) this.fired = true;
    if (here && this.when === 'before') throw new StoreUnavailable('dead');
    const result = await effect();
    if (here) throw new StoreUnavailable('dead');
    return result;
  }
}

describe('Suppression', () => {
  let folder: string;
  let readModel: ReadModel;
  let store: EventStore;
  let keys: ContentKeys;
  /** Keys still there at each attempt to record a destruction: it must never be early. */
  let keysWhenRecordedDestroyed: number[];

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'suppression-'));
    readModel = await openReadModel({
      file: join(folder, 'read-ingestion.db'),
      entities: CONSUMER_ENTITIES,
      migrations: [CreateConsumerTables1700000000000],
    });
    store = createMemoryEventStore();
    keys = createMemoryContentKeys();
    keysWhenRecordedDestroyed = [];
  });

  afterEach(async () => {
    await readModel.close();
    await store.close();
    rmSync(folder, { recursive: true });
  });

  const submit = async (submissionId: string): Promise<void> => {
    const stream = submissionStream(submissionId);
    const key = await keys.put(stream, newContentKey());
    await store.append(stream, 'none', [
      event('SubmissionReceived', {
        clientId: 'c',
        organizationId: 'o',
        kind: 'vxu',
        controlIdHash: 'h',
        sealed: seal(key, stream, 'LOT-SECRET'),
        digest: 'd',
      }),
    ]);
  };

  const link = (submissionId: string) =>
    event('SubmissionLinked', {
      submissionId,
      personId: PERSON,
      organizationId: 'o',
      clientId: 'c',
      receivedAt: '2026-01-01T00:00:00.000Z',
    });

  /** The reactors as the module makes them, over effects that may fail. */
  const reactors = (fault?: Fault): Consumer[] => {
    const failing = <T>(effect: () => Promise<T>) => (fault === undefined ? effect() : fault.around(effect));
    const failingStore = replacing(store, {
      append: async (...call) => {
        const [stream, , events] = call;
        if (events.some(({ type }) => type === 'ContentDestroyed')) {
          keysWhenRecordedDestroyed.push((await keys.getMany([stream])).size);
        }
        return failing(() => store.append(...call));
      },
    });
    const failingKeys = replacing(keys, { destroy: (ids) => failing(() => keys.destroy(ids)) });
    const messaging = new EmbeddedMessaging(store);
    messaging.declare(submissionTopic);
    messaging.declare({
      topic: 'identity.decisions.v1',
      categories: ['identity'],
      toContract: ({ id, type, revision, position, recordedAt, data }): ContractEvent => ({
        id,
        type,
        key: PERSON,
        revision,
        position,
        recordedAt,
        data,
      }),
    });
    const parts = {
      store: failingStore,
      contentKeys: failingKeys,
      submissions: new SubmissionRepository(failingStore),
      messaging,
      readModel,
      onTrouble: () => undefined,
    };
    return [suppressionReactor(parts), contentDestructionReactor(parts)];
  };

  const typesOf = async (submissionId: string): Promise<string[]> =>
    (await store.read(submissionStream(submissionId))).map(({ type }) => type);

  const until = async (holds: () => Promise<boolean> | boolean): Promise<void> => {
    const deadline = performance.now() + 10_000;
    while (!(await holds())) {
      if (performance.now() > deadline) throw new Error('It never came true');
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
  };

  const run = async (
    consumers: readonly Consumer[],
    done: () => Promise<boolean> | boolean,
  ): Promise<void> => {
    for (const consumer of consumers) await consumer.start();
    await until(done);
    for (const consumer of consumers) await consumer.stop();
  };

  const allCaughtUp = (consumers: readonly Consumer[]) => () =>
    consumers.every((consumer) => consumer.isCaughtUp());

  /** Before the opt-out, after it, and after the opt-in that follows. */
  const threeSubmissions = async (): Promise<void> => {
    for (const id of ['before', 'during', 'after']) await submit(id);
    await store.append(`privacy-${PERSON}`, 'none', [setting('PrivacyOpened', false, null)]);
    await store.append('identity-decisions', 'none', [link('before')]);
    await store.append(`privacy-${PERSON}`, 0, [setting('OptedOut', true, 0)]);
    await store.append('identity-decisions', 0, [link('during')]);
    // Disclosures and the like stand between settings.
    await store.append(`privacy-${PERSON}`, 1, [event('DisclosureAborted', { settingRevision: 1 })]);
    await store.append(`privacy-${PERSON}`, 2, [setting('OptedIn', false, 1)]);
    await store.append('identity-decisions', 1, [link('after')]);
  };

  it('destroys what was linked after the opt-out and nothing else, however late it looks', async () => {
    await threeSubmissions();
    const consumers = reactors();
    await run(consumers, async () => (await typesOf('during')).length === 3 && allCaughtUp(consumers)());
    expect(await typesOf('before')).toEqual(['SubmissionReceived']);
    expect(await typesOf('during')).toEqual([
      'SubmissionReceived',
      'SubmissionSuppressed',
      'ContentDestroyed',
    ]);
    expect(await typesOf('after')).toEqual(['SubmissionReceived']);
    const left = await keys.getMany(['before', 'during', 'after'].map(submissionStream));
    expect([...left.keys()]).toEqual([submissionStream('before'), submissionStream('after')]);
  });

  it.each([1, 2, 3].flatMap((at) => (['before', 'after'] as const).map((when) => ({ at, when }))))(
    'resumes after a death $when effect $at, and does each thing once',
    async ({ at, when }) => {
      await threeSubmissions();
      const fault = new Fault(at, when);
      await run(reactors(fault), () => fault.fired);
      const consumers = reactors();
      await run(consumers, async () => (await typesOf('during')).length === 3 && allCaughtUp(consumers)());
      expect(await typesOf('during')).toEqual([
        'SubmissionReceived',
        'SubmissionSuppressed',
        'ContentDestroyed',
      ]);
      expect((await keys.getMany([submissionStream('during')])).size).toBe(0);
      expect(fault.fired).toBe(true);
      expect(keysWhenRecordedDestroyed.length).toBeGreaterThan(0);
      expect(keysWhenRecordedDestroyed.every((left) => left === 0)).toBe(true);
    },
  );

  it('sweeps keys that were left without an append, once they are an hour old', async () => {
    const now = new Date();
    await submit('kept');
    await keys.put(submissionStream('orphan'), newContentKey());
    expect(await sweepOrphanKeys(store, keys, readModel, now)).toBe(0);
    const later = new Date(now.getTime() + 2 * 3_600_000);
    expect(await sweepOrphanKeys(store, keys, readModel, later)).toBe(1);
    expect(await sweepOrphanKeys(store, keys, readModel, later)).toBe(0);
    const left = await keys.getMany([submissionStream('kept'), submissionStream('orphan')]);
    expect([...left.keys()]).toEqual([submissionStream('kept')]);
  });
});

/** The target with some of its methods replaced. */
const replacing = <T extends object>(target: T, methods: Partial<T>): T =>
  new Proxy(target, {
    get: (object, name) => {
      const value: unknown = Reflect.get(methods, name) ?? Reflect.get(object, name);
      return typeof value === 'function' ? (value.bind(object) as unknown) : value;
    },
  });
