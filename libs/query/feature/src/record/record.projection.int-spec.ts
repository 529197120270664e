import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createMemoryContentKeys, newContentKey, seal, type ContentKeys } from '@registry/content-keys';
import {
  submissionStream,
  type PurposeOfUse,
  type ReviewState,
  type SubmissionContent,
  type TopicName,
  type VitalRecord,
} from '@registry/contracts';
import {
  createMemoryEventStore,
  type EventStore,
  type NewEvent,
  type RecordedEvent,
} from '@registry/event-store';
import type { Delivery } from '@registry/messaging';
import { openPostgresReadModel, openReadModel, type ReadModel, ReadModelClosed } from '@registry/persistence';
import { createDatabase, describeWithPostgres, runSql } from '@registry/testing-postgres';
import { antigensOf, cvxOf, minimumIntervalDays } from '@registry/vaccine-codes';
import { getMetadataArgsStorage } from 'typeorm';
import { OpenedRecords } from './opened-records.js';
import { RECORD_MIGRATIONS } from './record-consumer.js';
import { RECORD_ENTITIES, RecordSourceRow } from './record-rows.js';
import { RecordScrub } from './record-scrub.js';
import { RecordProjection } from './record.projection.js';
import { SealedSources } from './sealed-sources.js';
import { keyOfName } from './search-keys.js';
import { StoredRecords } from './stored-records.js';

const PERSON = '5b1f0f0e-6f1c-4a0c-9d0b-6c9f2d6a7e31';
const CLINIC = 'clinic-a';
const FACTS = { cvxOf, antigensOf, minimumIntervalDays };

let lastId = 0;
const event = (type: string, data: NewEvent['data']): NewEvent => ({
  id: `event-${(lastId += 1)}`,
  type,
  data,
  metadata: { schemaVersion: 1 },
});

const content = (lot: string, date = '2024-05-10'): SubmissionContent => ({
  contentVersion: 1,
  kind: 'vxu',
  raw: 'MSH|',
  demographics: {
    identifiers: [{ authority: 'LAKE', type: 'MR', value: '1001' }],
    names: [{ family: 'Olson', given: 'Nora' }],
    birthDate: '2024-03-05',
    addresses: [],
    phones: [],
    guardians: [],
  },
  doses: [{ date, codes: [{ system: 'CVX', value: '20' }], completion: 'CP', action: 'A', lot }],
  indications: [],
});

/** A version of a vital record; its names and numbers are nowhere else. */
const vitalContent = (given: string, vital: VitalRecord): SubmissionContent => ({
  ...content('unused'),
  kind: 'vital',
  raw: '{}',
  vital,
  demographics: {
    identifiers: [{ authority: 'MN', type: 'BR', value: vital.fileNumber }],
    names: [{ family: 'Olson', given }],
    birthDate: '2024-03-05',
    addresses: [],
    phones: [],
    guardians: [{ family: 'Olson', given: `PARENT-OF-${given}` }],
  },
  doses: [],
});

const BIRTH = vitalContent('GIVEN-AT-BIRTH', {
  event: 'birth',
  fileNumber: 'FILE-AT-BIRTH',
  issuedAt: '2024-03-10T00:00:00Z',
});
const REPLACEMENT = vitalContent('EVA', {
  event: 'replacement',
  fileNumber: 'FILE-NOW',
  replaces: 'FILE-AT-BIRTH',
  issuedAt: '2025-03-10T00:00:00Z',
});
const REPLACED_AGAIN = vitalContent('EVE', {
  event: 'replacement',
  fileNumber: 'FILE-AT-LAST',
  replaces: 'FILE-NOW',
  issuedAt: '2025-09-10T00:00:00Z',
});
const VOID = vitalContent('GIVEN-AT-BIRTH', {
  event: 'void',
  fileNumber: 'FILE-AT-BIRTH',
  issuedAt: '2024-04-10T00:00:00Z',
});

/** Where the read model of a test is. */
interface Place {
  open(name: string): Promise<ReadModel>;
  /** All that is kept there, as text. */
  everything(): Promise<string>;
  remove(): Promise<void>;
}

const CLOCK = { now: () => new Date('2026-06-01T12:00:00Z') };
const TABLES = { entities: RECORD_ENTITIES, migrations: [...RECORD_MIGRATIONS] };

const inFolder = (): Promise<Place> => {
  const folder = mkdtempSync(join(tmpdir(), 'records-'));
  return Promise.resolve({
    open: (name) => openReadModel({ file: join(folder, `read-${name}.db`), ...TABLES }),
    everything: () =>
      Promise.resolve(
        readdirSync(folder)
          .map((file) => readFileSync(join(folder, file), 'latin1'))
          .join(''),
      ),
    remove: () => Promise.resolve(rmSync(folder, { recursive: true })),
  });
};

const inDatabase = async (): Promise<Place> => {
  const database = await createDatabase();
  const { connectionString } = database;
  return {
    open: (name) => openPostgresReadModel({ connectionString, context: name, ...TABLES }),
    everything: async () => {
      const query = RECORD_ENTITIES.map((entity) => tableOf(entity)).map(
        (table) => `SELECT row::text AS text FROM read_query.${table} row`,
      );
      return JSON.stringify(await runSql(query.join(' UNION ALL '), [], connectionString));
    },
    remove: () => database.drop(),
  };
};

const tableOf = (entity: (typeof RECORD_ENTITIES)[number]) =>
  getMetadataArgsStorage().tables.find(({ target }) => target === entity)?.name ?? '';

/** A scrub may outlast the test that asked for it. */
const unlessClosed = (error: unknown): void => {
  if (!(error instanceof ReadModelClosed)) throw error;
};

const itProjects = (make: () => Promise<Place>) => {
  let place: Place;
  let readModel: ReadModel;
  let store: EventStore;
  let keys: ContentKeys;
  let projection: RecordProjection;

  beforeEach(async () => {
    place = await make();
    readModel = await place.open('query');
    store = createMemoryEventStore();
    keys = createMemoryContentKeys();
    projection = new RecordProjection(store, new SealedSources(store, keys), FACTS);
  });

  afterEach(async () => {
    await readModel.close();
    await place.remove();
  });

  const append = async (stream: string, added: NewEvent): Promise<RecordedEvent> => {
    const [head] = await store.heads([stream]);
    const { revision } = await store.append(stream, head?.revision ?? 'none', [added]);
    const [recorded] = await store.read(stream, { from: revision, limit: 1 });
    if (recorded === undefined) throw new Error('Not there');
    return recorded;
  };

  const delivery = (
    topic: TopicName,
    type: string,
    key: string,
    recorded: RecordedEvent,
    data: unknown,
  ): Delivery => ({
    topic,
    event: { ...recorded, type, key, data },
  });

  const link = async (
    submissionId: string,
    submitted: SubmissionContent,
    personId = PERSON,
  ): Promise<Delivery> => {
    const stream = submissionStream(submissionId);
    const key = await keys.put(stream, newContentKey());
    await append(
      stream,
      event('SubmissionReceived', { sealed: seal(key, stream, JSON.stringify(submitted)) }),
    );
    const data = {
      submissionId,
      personId,
      organizationId: CLINIC,
      clientId: 'c',
      receivedAt: `2026-01-0${lastId % 9 || 9}T00:00:00.000Z`,
    };
    const recorded = await append('identity-decisions', event('SubmissionLinked', data));
    return delivery('identity.decisions.v1', 'SubmissionLinked', personId, recorded, data);
  };

  const decide = async (type: string, data: NewEvent['data']): Promise<Delivery> => {
    const recorded = await append('identity-decisions', event(type, data));
    return delivery(
      'identity.decisions.v1',
      type,
      (data['survivorId'] ?? data['personId']) as string,
      recorded,
      data,
    );
  };

  const set = async (
    optedOut: boolean,
    onlyFor?: string,
    personId = PERSON,
    review?: ReviewState,
  ): Promise<Delivery> => {
    const setting = {
      lock: onlyFor === undefined ? { kind: 'none' } : { kind: 'only', organizationId: onlyFor },
      optedOut,
      stopped: [],
    };
    const recorded = await append(
      `privacy-${personId}`,
      event(optedOut ? 'OptedOut' : 'PrivacyOpened', {
        setting,
        previousSettingRevision: null,
        cause: { kind: 'registration' },
        ...(review === undefined ? {} : { review }),
      }),
    );
    const data = {
      personId,
      settingRevision: recorded.revision,
      previousSettingRevision: null,
      setting,
      ...(review === undefined ? {} : { review }),
    };
    return delivery('privacy.settings.v1', 'PrivacySettingChanged', personId, recorded, data);
  };

  const relate = async (
    personId = PERSON,
    registryId = 'r1',
    term: { readonly endsAt?: string; readonly purposes?: readonly string[] } = {},
  ): Promise<Delivery> => {
    const state = {
      organizationId: CLINIC,
      personId,
      registryId,
      evidence: 'own-submission',
      purposes: ['treatment'],
      startsAt: '2026-01-01T00:00:00Z',
      endsAt: '2028-01-01T00:00:00Z',
      ...term,
    };
    const recorded = await append(
      `relationship-${CLINIC}-${personId}`,
      event('RelationshipStarted', { state }),
    );
    return delivery('directory.relationships.v1', 'RelationshipChanged', personId, recorded, { state });
  };

  const suppress = async (submissionId: string): Promise<Delivery> => {
    const data = { submissionId, personId: PERSON };
    const recorded = await append(submissionStream(submissionId), event('SubmissionSuppressed', data));
    return delivery('ingestion.submissions.v1', 'SubmissionSuppressed', submissionId, recorded, data);
  };

  const project = async (...deliveries: Delivery[]): Promise<void> => {
    const writes = await projection.project(deliveries);
    await readModel.write(writes);
  };

  const rows = async (of = readModel): Promise<Record<string, unknown[]>> => {
    const tables = [
      'linked_submission',
      'record_source',
      'person_record',
      'person_search_key',
      'registry_id',
    ];
    const all = await Promise.all(
      tables.map(async (table) => [table, await of.select(`SELECT * FROM ${table} ORDER BY 1, 2`)] as const),
    );
    return Object.fromEntries(all);
  };

  const lots = async (): Promise<unknown[]> =>
    (await readModel.select<{ record: string }>('SELECT record FROM person_record')).flatMap(({ record }) =>
      (JSON.parse(record) as { doses: { lot: string }[] }).doses.map((dose) => dose.lot),
    );

  it('finds a person by a name that no index could hold', async () => {
    const long = content('L1');
    // Letters in no order, which no compression makes short.
    const family = randomBytes(9_000)
      .toString('base64')
      .replace(/[^a-z]/gi, '');
    const names = [{ family, given: 'Nora' }];
    const demographics = { ...long.demographics, names };
    await project(await set(false), await relate(), await link('s1', { ...long, demographics }));
    expect(
      await new StoredRecords(readModel, CLOCK).candidateByKey(
        CLINIC,
        keyOfName({ family, given: 'Nora', birthDate: '2024-03-05' }),
        'treatment',
      ),
    ).toEqual({ personId: PERSON });
  });

  it('makes one record of a person’s submissions, found by identifier and by name', async () => {
    await project(await set(false), await relate(), await link('s1', content('L1')));
    await project(await link('s2', content('L2', '2024-07-10')));
    expect(await lots()).toEqual(['L1', 'L2']);
    const records = new StoredRecords(readModel, CLOCK);
    expect(await records.candidateByKey(CLINIC, 'id|LAKE|1001', 'treatment')).toEqual({ personId: PERSON });
    expect(await records.candidateByKey(CLINIC, 'name|2024-03-05|OLSON|NORA', 'treatment')).toEqual({
      personId: PERSON,
    });
    expect(await records.candidateById(CLINIC, 'r1', 'treatment')).toEqual({ personId: PERSON });
    expect(await records.candidateById('clinic-b', 'r1', 'treatment')).toBeUndefined();
    expect(await records.candidateByKey('clinic-b', 'id|LAKE|1001', 'treatment')).toBeUndefined();
  });

  it('gives the same rows for repeats and for any order of topics', async () => {
    const deliveries = [
      await set(false),
      await relate(),
      await link('s1', content('L1')),
      await link('s2', content('L2', '2024-07-10')),
      await set(true),
      await link('s3', content('L3', '2024-08-10')),
      await suppress('s3'),
      await set(false),
    ];
    await project(...deliveries);
    const expected = await rows();
    expect(await lots()).toEqual(['L1', 'L2']);
    await project(...deliveries);
    expect(await rows()).toEqual(expected);
    for (const one of [...deliveries].reverse()) await project(one);
    expect(await rows()).toEqual(expected);
  });

  it('deletes the clear rows at an opt-out, writes none while it lasts, and folds them again at opt-in', async () => {
    await project(await set(false), await relate(), await link('s1', content('L1')));
    const before = await rows();
    await project(await set(true));
    await project(await link('s2', content('LOT-AFTER')));
    const hidden = await rows();
    expect([hidden['record_source'], hidden['person_record'], hidden['person_search_key']]).toEqual([
      [],
      [],
      [],
    ]);
    expect(
      await new StoredRecords(readModel, CLOCK).candidateById(CLINIC, 'r1', 'treatment'),
    ).toBeUndefined();
    await project(await suppress('s2'));
    await project(await set(false));
    expect(await rows()).toEqual({ ...before, linked_submission: (await rows())['linked_submission'] });
    expect(await lots()).toEqual(['L1']);
  });

  it('never puts on disk what was linked after an opt-out', async () => {
    await project(await set(false), await link('s1', content('L1')));
    const optedOut = await set(true);
    // The link is handled first: its topic is ahead of the other.
    await project(await link('s2', content('LOT-AFTER')));
    await project(optedOut);
    expect(await place.everything()).not.toContain('LOT-AFTER');
  });

  /** Waits until nothing of these is left on disk. */
  const untilGone = async (...texts: readonly string[]): Promise<void> => {
    const deadline = performance.now() + 10_000;
    for (;;) {
      const kept = await place.everything();
      if (!texts.some((text) => kept.includes(text))) return;
      if (performance.now() > deadline) throw new Error('It is still there');
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  };

  it('leaves no trace of an opted-out person’s rows in the write-ahead log, also when a reader is in the way', async () => {
    let busy = 2;
    const scrub = new RecordScrub(
      { scrub: () => (busy-- > 0 ? Promise.resolve(false) : readModel.scrub()) },
      unlessClosed,
    );
    projection = new RecordProjection(store, new SealedSources(store, keys), FACTS, () => scrub.soon());
    await project(await set(false), await link('s1', content('LOT-BEFORE')));
    expect(await place.everything()).toContain('LOT-BEFORE');
    await project(await set(true));
    await untilGone('LOT-BEFORE');
    while (busy >= 0) await new Promise((resolve) => setTimeout(resolve, 10));
    expect(await place.everything()).not.toContain('LOT-BEFORE');
  });

  describe('of vital records', () => {
    let records: StoredRecords;

    beforeEach(async () => {
      records = new StoredRecords(readModel, CLOCK);
      const scrub = new RecordScrub(readModel, unlessClosed);
      projection = new RecordProjection(store, new SealedSources(store, keys), FACTS, () => scrub.soon());
      await project(await set(false), await relate());
    });

    const isFoundBy = async (given: string): Promise<boolean> =>
      (
        await records.candidateByKey(
          CLINIC,
          `name|2024-03-05|OLSON|${given.replaceAll('-', '')}`,
          'treatment',
        )
      )?.personId === PERSON;

    it('leaves nothing on disk of one that is replaced, nor its number', async () => {
      await project(await link('birth', BIRTH));
      expect(await place.everything()).toContain('GIVEN-AT-BIRTH');
      expect(await isFoundBy('GIVEN-AT-BIRTH')).toBe(true);

      await project(await link('replacement', REPLACEMENT));
      await untilGone('GIVEN-AT-BIRTH', 'GIVENATBIRTH', 'FILE-AT-BIRTH');
      expect(await isFoundBy('GIVEN-AT-BIRTH')).toBe(false);
      expect(await isFoundBy('EVA')).toBe(true);
      expect(await place.everything()).toContain('PARENT-OF-EVA');

      await project(await link('again', REPLACED_AGAIN));
      await untilGone('GIVEN-AT-BIRTH', 'FILE-AT-BIRTH', 'PARENT-OF-EVA', 'FILE-NOW');
      expect(await isFoundBy('EVE')).toBe(true);
    });

    it('never writes one that comes after its replacement, and gives the same rows as in any other order', async () => {
      const links = [
        await link('again', REPLACED_AGAIN),
        await link('replacement', REPLACEMENT),
        await link('birth', BIRTH),
        await link('s1', content('L1')),
      ];
      await project(...links);
      const expected = await rows();
      expect(await place.everything()).not.toMatch(/GIVEN-?AT-?BIRTH|FILE-AT-BIRTH|EVA|FILE-NOW/);
      for (const one of links) await project(one);
      expect(await rows()).toEqual(expected);
      for (const one of links.reverse()) await project(one);
      expect(await rows()).toEqual(expected);
    });

    it('leaves nothing of a person who opts out with a replaced one', async () => {
      await project(await link('birth', BIRTH), await link('replacement', REPLACEMENT));
      const before = await rows();
      await project(await set(true));
      await untilGone('EVA', 'FILE-NOW');
      await project(await set(false));
      expect(await rows()).toEqual(before);
    });

    it('leaves nothing of one that is voided, and shows what others say', async () => {
      await project(await link('birth', BIRTH), await link('void', VOID));
      await untilGone('GIVEN-AT-BIRTH', 'FILE-AT-BIRTH');
      expect((await rows())['person_record']).toEqual([]);
      await project(await link('s1', content('L1')));
      expect(await lots()).toEqual(['L1']);
      expect(await place.everything()).not.toMatch(/GIVEN-?AT-?BIRTH|FILE-AT-BIRTH/);
    });
  });

  it('passes over rosters and submissions of nobody known', async () => {
    const recorded = await append('identity-decisions', event('RosterEntryMatched', {}));
    const matched = {
      submissionId: 'r1',
      personId: PERSON,
      organizationId: CLINIC,
      clientId: 'c',
      receivedAt: '2026-01-01T00:00:00.000Z',
      from: '2026-01-01',
      through: '2026-06-01',
    };
    const before = await rows();
    await project(
      delivery('identity.decisions.v1', 'RosterEntryMatched', PERSON, recorded, matched),
      delivery('identity.decisions.v1', 'SubmissionUnmatched', 'r2', recorded, { submissionId: 'r2' }),
    );
    expect(await rows()).toEqual(before);
    await project(await link('r3', { ...content('L1'), kind: 'roster' }));
    expect((await rows())['record_source']).toEqual([]);
  });

  it('does not fold again for a setting that hides nothing', async () => {
    await project(await link('s1', content('L1')));
    const before = await rows();
    await keys.destroy([submissionStream('s1')]);
    await readModel.write((tx) => tx.remove(RecordSourceRow, 'submissionId', ['s1']));
    await project(await set(false));
    expect((await rows())['person_record']).toEqual(before['person_record']);
  });

  it('takes a locked person for a candidate only of the holder', async () => {
    await project(await set(false, 'clinic-b'), await relate(), await link('s1', content('L1')));
    const records = new StoredRecords(readModel, CLOCK);
    expect(await records.candidateById(CLINIC, 'r1', 'treatment')).toBeUndefined();
    await project(await set(false, CLINIC));
    expect(await records.candidateById(CLINIC, 'r1', 'treatment')).toEqual({ personId: PERSON });
  });

  it('hands out records sealed', async () => {
    await project(await set(false), await link('s1', content('L1')));
    const sealed = await new StoredRecords(readModel, CLOCK).load(PERSON);
    expect(() => JSON.stringify(sealed)).toThrow(/release gate/);
  });

  describe('of merged persons', () => {
    const OTHER = '5b1f0f0e-6f1c-4a0c-9d0b-6c9f2d6a7e32';
    const THIRD = '5b1f0f0e-6f1c-4a0c-9d0b-6c9f2d6a7e33';
    const follow = async (absorbedId: string, survivorId: string): Promise<void> => {
      await append(
        `privacy-${absorbedId}`,
        event('SettingFollows', { settingRevision: 0, survivorId, mergeId: 'm' }),
      );
    };
    const merge = async (mergeId: string, absorbedId: string, survivorId = PERSON): Promise<Delivery> => {
      await follow(absorbedId, survivorId);
      return decide('PersonsMerged', { mergeId, absorbedId, survivorId });
    };
    const part = (mergeId: string, absorbedId: string, more: object = {}): Promise<Delivery> =>
      decide('PersonsUnmerged', {
        mergeId,
        absorbedId,
        survivorId: PERSON,
        relinked: [],
        unassigned: [],
        ...more,
      });
    const born = async (personId: string, registryId: string, lot: string): Promise<void> =>
      project(
        await set(false, undefined, personId),
        await relate(personId, registryId),
        await link(`s-${lot}`, content(lot, `2024-0${lot.slice(1)}-10`), personId),
      );
    const lotsOf = async (personId: string): Promise<unknown[]> => {
      const stored = await readModel.select<{ record: string }>(
        'SELECT record FROM person_record WHERE person_id = ?',
        [personId],
      );
      return stored.flatMap(({ record }) =>
        (JSON.parse(record) as { doses: { lot: string }[] }).doses.map(({ lot }) => lot),
      );
    };
    const clear = async () => {
      const { registry_id: _ids, linked_submission: _links, ...tables } = await rows();
      return tables;
    };

    it('folds one record for the survivor, found by whatever either was found by', async () => {
      await born(PERSON, 'r1', 'L4');
      await born(OTHER, 'r2', 'L5');
      await project(await merge('m1', OTHER));
      expect([await lotsOf(PERSON), await lotsOf(OTHER)]).toEqual([['L4', 'L5'], []]);
      const records = new StoredRecords(readModel, CLOCK);
      expect(await records.candidateById(CLINIC, 'r1', 'treatment')).toEqual({ personId: PERSON });
      expect(await records.candidateById(CLINIC, 'r2', 'treatment')).toEqual({
        personId: PERSON,
        knownAs: OTHER,
      });
      expect(await records.candidateByKey(CLINIC, 'id|LAKE|1001', 'treatment')).toEqual({ personId: PERSON });
    });

    it('is read by any id of an organization that served several, by the relationship that counts now', async () => {
      await born(PERSON, 'r1', 'L4');
      await born(OTHER, 'r2', 'L5');
      await born(THIRD, 'r3', 'L6');
      await project(await merge('m1', OTHER), await merge('m2', THIRD));
      const records = new StoredRecords(readModel, CLOCK);
      const asked = (registryId: string, purpose: PurposeOfUse = 'treatment') =>
        records.candidateById(CLINIC, registryId, purpose);
      const searched = (purpose: PurposeOfUse = 'treatment') =>
        records.candidateByKey(CLINIC, 'id|LAKE|1001', purpose);
      const id = (personId: string, registryId: string) => ({ personId, registryId });

      // The survivor's has ended: by one of the others', and still under the id that was asked for.
      await project(await relate(PERSON, 'r1', { endsAt: '2026-02-01T00:00:00Z' }));
      expect(await asked('r1')).toEqual({ personId: PERSON, knownAs: OTHER, answeredAs: id(PERSON, 'r1') });
      expect(await asked('r2')).toEqual({ personId: PERSON, knownAs: OTHER });
      expect(await asked('r3')).toEqual({ personId: PERSON, knownAs: THIRD });
      expect(await searched()).toEqual({ personId: PERSON, knownAs: OTHER, answeredAs: id(PERSON, 'r1') });

      // Each for its own purposes.
      await project(await relate(THIRD, 'r3', { purposes: ['reminder'] }));
      expect(await asked('r3')).toEqual({ personId: PERSON, knownAs: OTHER, answeredAs: id(THIRD, 'r3') });
      expect(await asked('r1', 'reminder')).toEqual({
        personId: PERSON,
        knownAs: THIRD,
        answeredAs: id(PERSON, 'r1'),
      });
      // None counts: the gate says no by the one that was asked for.
      expect(await asked('r2', 'school')).toEqual({ personId: PERSON, knownAs: OTHER });

      // Apart, each id is its own person's, whose own relationship counts.
      await project(await part('m1', OTHER), await set(false, undefined, OTHER));
      expect(await asked('r2')).toEqual({ personId: OTHER });
      expect(await asked('r1')).toEqual({ personId: PERSON });
      expect(await asked('r1', 'reminder')).toEqual({
        personId: PERSON,
        knownAs: THIRD,
        answeredAs: id(PERSON, 'r1'),
      });
    });

    it('is found under one id by whoever served its parts alone', async () => {
      await project(await set(false), await link('s-L4', content('L4', '2024-04-10')));
      await born(OTHER, 'r8', 'L5');
      await born(THIRD, 'r9', 'L6');
      await project(await merge('m1', THIRD), await merge('m2', OTHER));
      const records = new StoredRecords(readModel, CLOCK);
      const searched = () => records.candidateByKey(CLINIC, 'id|LAKE|1001', 'treatment');
      expect(await searched()).toEqual({ personId: PERSON, knownAs: OTHER });
      await project(await relate(OTHER, 'r8', { endsAt: '2026-02-01T00:00:00Z' }));
      expect(await searched()).toEqual({
        personId: PERSON,
        knownAs: THIRD,
        answeredAs: { personId: OTHER, registryId: 'r8' },
      });
    });

    it('parts them exactly, and says how new their links are', async () => {
      await born(PERSON, 'r1', 'L4');
      await born(OTHER, 'r2', 'L5');
      const before = await clear();
      await project(await merge('m1', OTHER));
      const parted = await part('m1', OTHER);
      await project(parted);
      // Until its own setting is there again, nothing is written of the absorbed one.
      expect([await lotsOf(PERSON), await lotsOf(OTHER)]).toEqual([['L4'], []]);
      await project(await set(false, undefined, OTHER));
      expect(await clear()).toEqual(before);
      const records = new StoredRecords(readModel, CLOCK);
      for (const person of [PERSON, OTHER])
        expect((await records.load(person))?.linksRevision).toBe(parted.event.revision);
      expect(await records.candidateById(CLINIC, 'r2', 'treatment')).toEqual({ personId: OTHER });
    });

    it('gives back what was linked meanwhile, or shows it nowhere until somebody says whose it is', async () => {
      await born(PERSON, 'r1', 'L3');
      await born(OTHER, 'r2', 'L4');
      await project(await merge('m1', OTHER));
      await project(await link('s-L5', content('L5', '2024-05-10')));
      await project(await link('s-L6', content('L6', '2024-06-10')));
      await project(await link('s-L7', content('L7', '2024-07-10')));
      expect(await lotsOf(PERSON)).toEqual(['L3', 'L4', 'L5', 'L6', 'L7']);
      const left = { submissionId: 's-L6', organizationId: CLINIC, receivedAt: '2026-01-01T00:00:00.000Z' };
      await project(await part('m1', OTHER, { relinked: ['s-L5'], unassigned: [left] }));
      await project(await set(false, undefined, OTHER));
      expect([await lotsOf(PERSON), await lotsOf(OTHER)]).toEqual([
        ['L3', 'L7'],
        ['L4', 'L5'],
      ]);
      expect(await place.everything()).toContain('L7');
      await project(await decide('SubmissionAssigned', { reviewId: 'v', personId: OTHER, ...left }));
      expect(await lotsOf(OTHER)).toEqual(['L4', 'L5', 'L6']);
    });

    it('takes along whoever was merged before, and back', async () => {
      await born(PERSON, 'r1', 'L3');
      await born(OTHER, 'r2', 'L4');
      await born(THIRD, 'r3', 'L5');
      const before = await clear();
      await project(await merge('m1', THIRD, OTHER));
      await project(await merge('m2', OTHER));
      expect(await lotsOf(PERSON)).toEqual(['L3', 'L4', 'L5']);
      const records = new StoredRecords(readModel, CLOCK);
      expect(await records.candidateById(CLINIC, 'r3', 'treatment')).toEqual({
        personId: PERSON,
        knownAs: THIRD,
      });
      await project(await part('m2', OTHER), await set(false, undefined, OTHER));
      expect([await lotsOf(PERSON), await lotsOf(OTHER)]).toEqual([['L3'], ['L4', 'L5']]);
      expect(await records.candidateById(CLINIC, 'r3', 'treatment')).toEqual({
        personId: OTHER,
        knownAs: THIRD,
      });
      await project(await part('m1', THIRD, { survivorId: OTHER }), await set(false, undefined, THIRD));
      expect(await clear()).toEqual(before);
    });

    it('opens what is kept of either for staff and for the person', async () => {
      await born(PERSON, 'r1', 'L4');
      await born(OTHER, 'r2', 'L5');
      await project(await merge('m1', OTHER));
      await project(await set(true));
      const opened = new OpenedRecords(store, keys, readModel, FACTS);
      expect(await lotsOf(PERSON)).toEqual([]);
      expect(await opened.recordOf(PERSON)).toBeDefined();
      expect(await opened.demographicsOf(OTHER)).toBeDefined();
      expect(await opened.recordOf(THIRD)).toBeUndefined();
    });

    it('has staff who come too soon wait for what is projected a moment later', async () => {
      const early = new OpenedRecords(store, keys, readModel, FACTS, 20_000).demographicsOf(PERSON);
      await born(PERSON, 'r1', 'L4');
      expect(await early).toBeDefined();
      // Of a person of whom nothing is kept, nothing comes.
      const late = new OpenedRecords(store, keys, readModel, FACTS, 100).demographicsOf(THIRD);
      expect(await late).toBeUndefined();
    });

    it('never puts on disk what is held', async () => {
      await project(await set(true));
      const held = { kind: 'held' as const, candidates: [PERSON] };
      const opened = await set(false, undefined, OTHER, held);
      // Whichever comes first: the link, or the opening that says that it is held.
      await project(await link('s-1', content('LOT-HELD'), OTHER));
      await project(opened);
      expect(await place.everything()).not.toContain('LOT-HELD');
      await project(await set(false, undefined, OTHER));
      expect(await lotsOf(OTHER)).toEqual(['LOT-HELD']);
    });

    it('writes nothing of a person whose setting is not there yet', async () => {
      await project(await link('s-1', content('LOT-EARLY')));
      expect(await place.everything()).not.toContain('LOT-EARLY');
      await project(await set(false));
      expect(await lotsOf(PERSON)).toEqual(['LOT-EARLY']);
    });

    it('is the same from scratch, and in whatever batches', async () => {
      const deliveries: Delivery[] = [];
      for (const [person, registryId, lot] of [
        [PERSON, 'r1', 'L3'],
        [OTHER, 'r2', 'L4'],
        [THIRD, 'r3', 'L5'],
      ] as const) {
        deliveries.push(
          await set(false, undefined, person),
          await relate(person, registryId),
          await link(`s-${lot}`, content(lot, `2024-0${lot.slice(1)}-10`), person),
        );
      }
      deliveries.push(await merge('m1', THIRD, OTHER), await merge('m2', OTHER));
      deliveries.push(await link('s-L6', content('L6', '2024-06-10')));
      deliveries.push(await part('m2', OTHER, { relinked: ['s-L6'] }), await set(false, undefined, OTHER));
      for (const one of deliveries) await project(one);
      const oneByOne = await rows();
      expect([await lotsOf(PERSON), await lotsOf(OTHER)]).toEqual([['L3'], ['L4', 'L5', 'L6']]);
      for (const batches of [[deliveries], [deliveries.slice(0, 7), deliveries.slice(7)]]) {
        const again = await place.open(`again_${batches.length}`);
        for (const batch of batches) await again.write(await projection.project(batch));
        expect(await rows(again)).toEqual(oneByOne);
        await again.close();
      }
    });
  });
};

describe('The record projection', () => itProjects(inFolder));

describeWithPostgres('The record projection on PostgreSQL', () => itProjects(inDatabase));
