import { createMemoryContentKeys, newContentKey, seal, type ContentKeys } from '@registry/content-keys';
import {
  IDENTITY_STREAM,
  privacyRequestStream,
  submissionStream,
  type ContractEvent,
  type Demographics,
} from '@registry/contracts';
import { createMemoryEventStore, type EventStore } from '@registry/event-store';
import { fieldMatcher, type IdentityDecision } from '@registry/identity-domain';
import { derivedEventId, type Delivery } from '@registry/messaging';
import { IdentityLinker } from './identity-linker.js';

const demographics = (mrn: string, given = 'Nora', birthDate = '2024-03-05'): Demographics => ({
  identifiers: [{ authority: 'LAKE', type: 'MR', value: mrn }],
  names: [{ family: 'Olson', given }],
  birthDate,
  addresses: [],
  phones: [],
  guardians: [],
});

/** Ids are UUIDs; tests call them by short names. */
const names = new Map<string, string>();
const uuid = (name: string): string => {
  const id = derivedEventId(name);
  names.set(id, name);
  return id;
};
const named = <T>(value: T): T =>
  JSON.parse(
    JSON.stringify(value).replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, (id) => names.get(id) ?? id),
  ) as T;

const envelopeOf = (name: string) => ({
  id: uuid(name),
  key: name,
  revision: 0,
  position: '0',
  recordedAt: '2026-01-01T00:00:00.000Z',
});

const withoutTimes = (decisions: readonly IdentityDecision[]): unknown[] =>
  decisions.map((decision) => ({ ...decision, recordedAt: undefined }));

/** A store whose next append kills the process, before or after it took place. */
const dying = (inner: EventStore, when: 'before' | 'after'): EventStore => ({
  append: async (...args) => {
    if (when === 'after') await inner.append(...args);
    throw new Error('died');
  },
  read: (...args) => inner.read(...args),
  heads: (...args) => inner.heads(...args),
  readAll: (...args) => inner.readAll(...args),
  subscribe: (...args) => inner.subscribe(...args),
  comparePositions: (...args) => inner.comparePositions(...args),
  close: () => inner.close(),
});

describe('The identity linker', () => {
  let store: EventStore;
  let keys: ContentKeys;
  let lastPerson: number;

  beforeEach(() => {
    store = createMemoryEventStore();
    keys = createMemoryContentKeys();
    lastPerson = 0;
  });

  const linkerOn = (on: EventStore) =>
    new IdentityLinker(on, keys, fieldMatcher, () => uuid(`person-${(lastPerson += 1)}`));
  const linker = () => linkerOn(store);

  const submission = async (name: string, about: Demographics, also: object = {}): Promise<Delivery> => {
    const submissionId = uuid(name);
    const keyId = submissionStream(submissionId);
    const key = await keys.put(keyId, newContentKey());
    const sealed = seal(key, keyId, JSON.stringify({ demographics: about, ...also }));
    await store.append(keyId, 'none', [
      {
        id: `received ${submissionId}`,
        type: 'SubmissionReceived',
        data: { sealed, organizationId: 'o', clientId: 'c' },
        metadata: { schemaVersion: 1 },
      },
    ]);
    const [recorded] = await store.read(keyId);
    if (recorded === undefined) throw new Error('Not there');
    const data = { submissionId, clientId: 'c', organizationId: 'o', kind: 'vxu', sealed };
    return { topic: 'ingestion.submissions.v1', event: { ...recorded, key: submissionId, data } };
  };

  const request = async (name: string, about: Demographics): Promise<Delivery> => {
    const requestId = uuid(name);
    const keyId = privacyRequestStream(requestId);
    const key = await keys.put(keyId, newContentKey());
    const sealedForm = seal(key, keyId, JSON.stringify({ demographics: about }));
    await store.append(keyId, 'none', [
      {
        id: `form ${requestId}`,
        type: 'PrivacyRequestSubmitted',
        data: { sealedForm },
        metadata: { schemaVersion: 1 },
      },
    ]);
    const event: ContractEvent = {
      id: `approved ${requestId}`,
      type: 'PrivacyRequestApproved',
      key: requestId,
      revision: 2,
      position: '0',
      recordedAt: '2026-01-01T00:00:00.000Z',
      data: { requestId, status: 'approved', sealedForm },
    };
    return { topic: 'privacy.requests.v1', event };
  };

  const decisions = async (): Promise<IdentityDecision[]> =>
    named((await store.read(IDENTITY_STREAM)).map((event) => event as unknown as IdentityDecision));

  /** Person by submission or request. */
  const links = async (): Promise<Record<string, string>> =>
    Object.fromEntries(
      (await decisions()).flatMap(({ type, data }) => {
        if (type === 'SubmissionLinked') return [[data.submissionId, data.personId]];
        return type === 'RequestResolved' ? [[data.requestId, data.personId]] : [];
      }),
    );

  it('registers a person once and links the rest, also within one batch', async () => {
    await linker().decideAll([
      await submission('s1', demographics('1001')),
      await submission('s2', demographics('1001', 'NORA')),
      await submission('s3', demographics('2002', 'Nils')),
    ]);
    expect(await links()).toEqual({ s1: 'person-1', s2: 'person-1', s3: 'person-2' });
  });

  it('decides nothing twice', async () => {
    const deliveries = [
      await submission('s1', demographics('1001')),
      await submission('s2', demographics('2002')),
    ];
    const one = linker();
    await one.decideAll(deliveries);
    const before = await decisions();
    await one.decideAll(deliveries);
    await linker().decideAll(deliveries);
    expect(await decisions()).toEqual(before);
  });

  it('never creates a person twice, though two instances decide the same at the same time', async () => {
    const deliveries = await Promise.all(
      Array.from({ length: 30 }, (_, index) => submission(`s${index}`, demographics(String(index % 10)))),
    );
    const [one, two] = [linker(), linker()];
    const batches = Array.from({ length: 10 }, (_, index) => deliveries.slice(index * 3, index * 3 + 3));
    await Promise.all([
      ...batches.map((batch) => one.decideAll(batch)),
      ...[...batches].reverse().map((batch) => two.decideAll(batch)),
    ]);
    const all = await decisions();
    expect(all.filter(({ type }) => type === 'PersonRegistered')).toHaveLength(10);
    expect(all.filter(({ type }) => type === 'SubmissionLinked')).toHaveLength(30);
    expect(new Set(Object.values(await links())).size).toBe(10);
  });

  it('starts a provisional person for a shared identifier without the rest', async () => {
    await linker().decideAll([await submission('s1', demographics('1001'))]);
    await linker().decideAll([await submission('s2', demographics('1001', 'Nils'))]);
    expect((await decisions()).slice(2)).toMatchObject([
      {
        type: 'PersonRegistered',
        data: { personId: 'person-2', provisional: true, candidates: ['person-1'] },
      },
      { type: 'SubmissionLinked', data: { submissionId: 's2', personId: 'person-2' } },
    ]);
  });

  it('finds the person of a request, registers one for a form that fits nobody, and links later submissions to it', async () => {
    await linker().decideAll([await submission('s1', demographics('1001'))]);
    const form = { ...demographics('1001'), identifiers: [] };
    await linker().decideAll([
      await request('r1', form),
      await request('r2', demographics('3003', 'Mai', '2026-01-01')),
    ]);
    await linker().decideAll([await submission('s2', demographics('3003', 'Mai', '2026-01-01'))]);
    expect(await links()).toEqual({ s1: 'person-1', r1: 'person-1', r2: 'person-2', s2: 'person-2' });
  });

  it('leaves a form that fits several to staff', async () => {
    await linker().decideAll([
      await submission('s1', demographics('1001')),
      await submission('s2', demographics('2002')),
      await request('r1', { ...demographics('1001'), identifiers: [] }),
    ]);
    expect((await decisions()).at(-1)).toMatchObject({
      type: 'RequestAmbiguous',
      data: { requestId: 'r1', candidates: ['person-1', 'person-2'] },
    });
  });

  it('leaves out what cannot be opened any more, and starts without it', async () => {
    const [first, second] = [
      await submission('s1', demographics('1001')),
      await submission('s2', demographics('1001')),
    ];
    await linker().decideAll([first]);
    await keys.destroy([submissionStream(uuid('s1'))]);
    await linker().decideAll([second]);
    expect(await links()).toEqual({ s1: 'person-1', s2: 'person-2' });
  });

  const waitingFor = { mothersMaidenName: { family: 'Lind' } };
  const enrolled = { ...demographics('', 'Nora'), identifiers: [], ...waitingFor };
  const term = { from: '2026-09-01', through: '2027-06-30' };

  it('keeps a roster entry of nobody known until somebody comes whom it is about', async () => {
    const entry = await submission('row', enrolled, { kind: 'roster', roster: term });
    const one = linker();
    await one.decideAll([entry]);
    expect(await decisions()).toMatchObject([{ type: 'SubmissionUnmatched', data: { submissionId: 'row' } }]);

    await one.decideAll([await submission('s1', { ...demographics('1001'), ...waitingFor })]);
    const matched = {
      type: 'RosterEntryMatched',
      data: { submissionId: 'row', personId: 'person-1', ...term },
    };
    expect((await decisions()).slice(1)).toMatchObject([
      { type: 'PersonRegistered' },
      { type: 'SubmissionLinked', data: { submissionId: 's1', personId: 'person-1' } },
      matched,
    ]);
    // Once: also for those who start from the stream.
    await one.decideAll([await submission('s2', demographics('1001'))]);
    await linker().decideAll([await submission('s3', demographics('1001')), entry]);
    expect((await decisions()).filter(({ type }) => type === 'RosterEntryMatched')).toHaveLength(1);
  });

  it('makes no person of a roster entry, a death or a void', async () => {
    const vital = { fileNumber: '1', issuedAt: '2026-01-01T00:00:00.000Z' };
    await linker().decideAll([
      await submission('row', enrolled, { kind: 'roster', roster: term }),
      await submission('death', enrolled, { kind: 'vital', vital: { ...vital, event: 'death' } }),
      await submission('void', enrolled, { kind: 'vital', vital: { ...vital, event: 'void' } }),
    ]);
    expect((await decisions()).map(({ type }) => type)).toEqual(Array(3).fill('SubmissionUnmatched'));
  });

  it('links the versions of a birth record, and a death to it', async () => {
    const vital = { fileNumber: '1', issuedAt: '2026-01-01T00:00:00.000Z', event: 'birth' };
    const adopted = { ...demographics('', 'Mai'), identifiers: [] };
    await linker().decideAll([
      await submission('birth', enrolled, { kind: 'vital', vital }),
      await submission('adoption', adopted, {
        kind: 'vital',
        vital: { ...vital, event: 'replacement', fileNumber: '2', replaces: '1' },
      }),
      await submission('death', adopted, {
        kind: 'vital',
        vital: { ...vital, event: 'death', fileNumber: '9', birthFileNumber: '2' },
      }),
    ]);
    expect(await links()).toEqual({ birth: 'person-1', adoption: 'person-1', death: 'person-1' });
  });

  it.each([
    ['the void before the death', ['birth', 'void', 'death']],
    ['both before the birth', ['void', 'death', 'birth']],
    ['the death before the birth, the void after', ['death', 'birth', 'void']],
  ])('links a death and the void of it, %s', async (_case, order) => {
    const vital = { fileNumber: '9', issuedAt: '2026-01-01T00:00:00.000Z', register: 'death' };
    // The void says nothing but the file number that could be anybody's of the family.
    const unlike = { ...demographics('', 'Mai'), identifiers: [] };
    const said: Readonly<Record<string, readonly [Demographics, object]>> = {
      birth: [enrolled, { ...vital, register: undefined, event: 'birth', fileNumber: '1' }],
      death: [enrolled, { ...vital, event: 'death', birthFileNumber: '1' }],
      void: [unlike, { ...vital, event: 'void' }],
    };
    for (const name of order) {
      const [about, record] = said[name] ?? [enrolled, {}];
      await linker().decideAll([await submission(name, about, { kind: 'vital', vital: record })]);
    }
    expect(await links()).toEqual({ birth: 'person-1', death: 'person-1', void: 'person-1' });
  });

  const follows = (mergeId: string, absorbed: string, survivor: string): Delivery => ({
    topic: 'privacy.settings.v1',
    event: {
      ...envelopeOf(`follows ${mergeId}`),
      type: 'PersonFollows',
      data: { mergeId: uuid(mergeId), absorbedId: uuid(absorbed), survivorId: uuid(survivor) },
    },
  });
  const unmergeOrder = (mergeId: string): Delivery => ({
    topic: 'identity.reviews.v1',
    event: {
      ...envelopeOf(`apart ${mergeId}`),
      type: 'UnmergeOrdered',
      data: { reviewId: uuid(mergeId), mergeId: uuid(mergeId) },
    },
  });

  it('refuses, once, to part persons whose survivor was merged into somebody since', async () => {
    const one = linker();
    await one.decideAll([
      await submission('s1', demographics('1001')),
      await submission('s2', demographics('2002', 'Nils')),
      await submission('s3', demographics('3003', 'Nell')),
    ]);
    await one.decideAll([follows('m1', 'person-2', 'person-1'), follows('m2', 'person-1', 'person-3')]);
    const order = unmergeOrder('m1');
    await one.decideAll([order]);
    await one.decideAll([order]);
    await linker().decideAll([order]);
    const refusals = (await decisions()).filter(({ type }) => type === 'UnmergeRefused');
    expect(refusals.map(({ data }) => data)).toEqual([{ mergeId: 'm1', orderId: 'apart m1' }]);
  });

  it('refuses to merge with somebody unknown, or in a circle', async () => {
    const one = linker();
    await one.decideAll([
      await submission('s1', demographics('1001')),
      await submission('s2', demographics('2002', 'Nils')),
    ]);
    const impossible = { code: 'IDENTITY.IMPOSSIBLE_MERGE' };
    await expect(one.decideAll([follows('m1', 'nobody', 'person-1')])).rejects.toMatchObject(impossible);
    await one.decideAll([follows('m2', 'person-2', 'person-1')]);
    await expect(one.decideAll([follows('m3', 'person-1', 'person-2')])).rejects.toMatchObject(impossible);
    expect((await decisions()).filter(({ type }) => type === 'PersonsMerged')).toHaveLength(1);
  });

  it('goes on from wherever it dies, merging and parting', async () => {
    const story = [
      [await submission('s1', demographics('1001')), await submission('s2', demographics('2002', 'Nils'))],
      [follows('m1', 'person-2', 'person-1')],
      [
        await submission('s3', demographics('2002', 'Nils')),
        await submission('s4', demographics('4004', 'Nils')),
      ],
      [unmergeOrder('m1')],
    ];
    const tell = async (dieAt: number, when: 'before' | 'after') => {
      let deaths = 0;
      let process = linker();
      for (const [step, deliveries] of story.entries()) {
        if (step === dieAt) {
          const last = lastPerson;
          await expect(linkerOn(dying(store, when)).decideAll(deliveries)).rejects.toThrow('died');
          // The ids that it would have given went with it.
          if (when === 'before') lastPerson = last;
          deaths += 1;
          process = linker();
        }
        await process.decideAll(deliveries);
      }
      expect(deaths).toBe(dieAt < story.length ? 1 : 0);
      return decisions();
    };
    const contents = (await store.readAll({ limit: 100 })).events;
    const undisturbed = await tell(story.length, 'before');
    expect(undisturbed.map(({ type }) => type)).toEqual(
      expect.arrayContaining(['PersonsMerged', 'PersonsUnmerged']),
    );
    for (let dieAt = 0; dieAt < story.length; dieAt += 1) {
      for (const when of ['before', 'after'] as const) {
        store = createMemoryEventStore();
        for (const { stream, id, type, data, metadata } of contents)
          await store.append(stream, 'none', [{ id, type, data, metadata }]);
        lastPerson = 0;
        expect(withoutTimes(await tell(dieAt, when))).toEqual(withoutTimes(undisturbed));
      }
    }
  });

  it('writes no values into its decisions', async () => {
    await linker().decideAll([
      await submission('s1', demographics('1001')),
      await request('r1', demographics('1001')),
    ]);
    expect(JSON.stringify(await decisions())).not.toMatch(/Olson|Nora|1001|2024-03-05/);
  });
});
