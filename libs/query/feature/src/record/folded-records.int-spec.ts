import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openReadModel, type ReadModel } from '@registry/persistence';
import { FoldedRecords, type RecordChange, type RecordWanted } from './folded-records.js';
import { RECORD_MIGRATIONS } from './record-consumer.js';
import {
  LinkedSubmissionRow,
  PersonLinksRow,
  PersonPartRow,
  PersonRecordRow,
  PersonSettingRow,
  RECORD_ENTITIES,
  RegistryIdRow,
} from './record-rows.js';
import { StoredRecords } from './stored-records.js';

const CLINIC = 'clinic-a';
const CLOCK = { now: () => new Date('2026-06-01T12:00:00Z') };

describe('What can be fetched of a record', () => {
  let folder: string;
  let readModel: ReadModel;
  let behind: boolean;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'folded-'));
    readModel = await openReadModel({
      file: join(folder, 'read-query.db'),
      entities: RECORD_ENTITIES,
      migrations: [...RECORD_MIGRATIONS],
    });
    behind = false;
  });
  afterEach(async () => {
    await readModel.close();
    rmSync(folder, { recursive: true });
  });

  const newestLink = (options: RecordWanted = {}, id = 'id-1') =>
    new FoldedRecords(readModel, new StoredRecords(readModel, CLOCK), () => behind, 500).newestLink(
      CLINIC,
      id,
      options,
    );

  const serve = (personId: string, id = 'id-1') =>
    readModel.write((tx) =>
      tx.upsert(RegistryIdRow, [{ id: `${CLINIC}|${id}`, organizationId: CLINIC, personId, evidence: '[]' }]),
    );
  const link = (submissionId: string, personId: string, arrival: number) =>
    readModel.write((tx) =>
      tx.upsert(LinkedSubmissionRow, [
        { submissionId, personId, organizationId: CLINIC, receivedAt: '', arrival, suppressed: false },
      ]),
    );
  const fold = (personId: string, setting: Partial<PersonSettingRow> = {}) =>
    readModel.write(async (tx) => {
      await tx.upsert(PersonSettingRow, [
        { personId, settingRevision: 0, hidden: false, onlyHolder: '', ...setting },
      ]);
      await tx.upsert(PersonRecordRow, [{ personId, record: '{}' }]);
    });
  const linked = (submissionId: string, revision: number): RecordChange => ({
    kind: 'linked',
    submissionId,
    revision,
    personIds: ['p'],
  });

  it('is nothing without a record, a relationship or a setting that shows it', async () => {
    expect(await newestLink()).toBeUndefined();
    await serve('p');
    await link('s1', 'p', 3);
    expect(await newestLink()).toBeUndefined();
    await fold('p', { hidden: true });
    expect(await newestLink()).toBeUndefined();
    await fold('p', { onlyHolder: 'clinic-b' });
    expect(await newestLink()).toBeUndefined();
    await fold('p', { onlyHolder: CLINIC });
    expect(await newestLink()).toBe(3);
    expect(await newestLink({}, 'id-2')).toBeUndefined();
  });

  it('is as new as the newest link of all its parts', async () => {
    await serve('p');
    await link('s1', 'p', 3);
    await link('s2', 'p', 5);
    await fold('p');
    expect(await newestLink()).toBe(5);
    await link('s3', 'other', 9);
    await readModel.write((tx) =>
      tx.upsert(PersonPartRow, [{ partId: 'p', mergeId: 'm', survivorId: 'other', rootId: 'other' }]),
    );
    await fold('other');
    expect(await newestLink()).toBe(9);
  });

  it('is waited for while the projection is at it', async () => {
    await serve('p');
    await fold('p');
    const waiting = newestLink({ changes: [linked('s1', 7)], patient: true });
    await link('s1', 'p', 7);
    expect(await waiting).toBe(7);
  });

  it('is not said before the change is in it, or once the projection has gone past it', async () => {
    await serve('p');
    await link('s1', 'p', 3);
    await fold('p');
    expect(await newestLink({ changes: [linked('s2', 7)], patient: true })).toBeUndefined();
    behind = true;
    expect(await newestLink()).toBe(3);
    expect(await newestLink({ awaited: 7, patient: true })).toBeUndefined();
    behind = false;
    // The projection has put it aside: what is there counts.
    expect(await newestLink({ awaited: 7 })).toBe(3);
  });

  it('is not said of a projection that has not said yet that it has messages again', async () => {
    await serve('p');
    await link('s1', 'p', 3);
    await fold('p');
    const waiting = newestLink({ awaited: 7, patient: true });
    await new Promise((resolve) => setTimeout(resolve, 30));
    await link('s2', 'p', 7);
    expect(await waiting).toBe(7);
    // What left no link is in it once the projection has been at rest for a while.
    expect(await newestLink({ awaited: 8, patient: true })).toBe(7);
  });

  it('is not waited for again and again while the projection is made anew', async () => {
    const folded = new FoldedRecords(readModel, new StoredRecords(readModel, CLOCK), () => behind, 200);
    const took = async (): Promise<number> => {
      const began = performance.now();
      expect(await folded.newestLink(CLINIC, 'id-1', { patient: true })).toBeUndefined();
      return performance.now() - began;
    };
    behind = true;
    expect(await took()).toBeGreaterThan(150);
    expect(Math.min(await took(), await took(), await took())).toBeLessThan(150);
    behind = false;
    expect(await took()).toBeGreaterThan(150);
  });

  it('has a merge, its undoing and an assignment in it when these are projected', async () => {
    await serve('p');
    await fold('p');
    const merged: RecordChange = {
      kind: 'merged',
      revision: 4,
      mergeId: 'm',
      absorbedId: 'x',
      personIds: ['p', 'x'],
    };
    const unmerged: RecordChange = { kind: 'unmerged', revision: 6, absorbedId: 'x', personIds: ['p', 'x'] };
    expect(await newestLink({ changes: [merged] })).toBeUndefined();
    await readModel.write((tx) =>
      tx.upsert(PersonPartRow, [{ partId: 'x', mergeId: 'm', survivorId: 'p', rootId: 'p' }]),
    );
    expect(await newestLink({ changes: [merged] })).toBe(-1);
    await readModel.write((tx) => tx.upsert(PersonLinksRow, [{ personId: 'x', revision: 5 }]));
    expect(await newestLink({ changes: [unmerged] })).toBeUndefined();
    await readModel.write((tx) => tx.upsert(PersonLinksRow, [{ personId: 'x', revision: 6 }]));
    expect(await newestLink({ changes: [unmerged] })).toBe(-1);
    await link('s1', '', 2);
    expect(await newestLink({ changes: [linked('s1', 8)] })).toBeUndefined();
    await link('s1', 'p', 2);
    expect(await newestLink({ changes: [linked('s1', 8)] })).toBe(2);
  });
});
