import { randomUUID } from 'node:crypto';
import type { EventStore } from '@registry/event-store';
import type { Review } from '@registry/privacy-domain';
import { clinicAccess, storeAccess, storeRelationship } from '@registry/testing';
import { Custody, type CustodialSource, type HandledDemographics, type OwnRecord } from './custody.js';
import { systemGateClock } from './gate-clock.js';
import { privacyStream, PrivacyStreamUnreadable, readPrivacyHead, survivorOf } from './privacy-head.js';
import type { DisclosureOutcome } from './release-gate.js';
import { seal } from './sealed.js';
import { aroundStore } from './testing/around-store.js';
import {
  changeSetting,
  CLINIC_A,
  CLINIC_B,
  gateWorld,
  PERSON,
  RECORD,
  requestOf,
  typesOf,
} from './testing/gate-world.js';

const ABSORBED = 'person-2';
const CLINIC_C = 'clinic-c';

const append = async (store: EventStore, personId: string, type: string, data: object): Promise<void> => {
  const events = await store.read(privacyStream(personId));
  await store.append(privacyStream(personId), events.at(-1)?.revision ?? 'none', [
    { id: randomUUID(), type, data: { ...data }, metadata: { schemaVersion: 1 } },
  ]);
};

const OPEN = { lock: { kind: 'none' }, optedOut: false, stopped: [] };
const opened = (extra: object = {}) => ({
  setting: OPEN,
  previousSettingRevision: null,
  cause: { kind: 'registration' },
  ...extra,
});
const follows = (survivorId: string) => ({ settingRevision: 0, survivorId, mergeId: 'm1' });

/** Clinic C knows only a person who was merged into the one that the other clinics know. */
const mergedWorld = async (...options: Parameters<typeof gateWorld>) => {
  const world = await gateWorld(...options);
  await storeAccess(world.store, clinicAccess(CLINIC_C, ABSORBED));
  await append(world.store, ABSORBED, 'PrivacyOpened', opened());
  await append(world.store, ABSORBED, 'SettingFollows', follows(PERSON));
  return world;
};

const throughAbsorbed = { ...requestOf(CLINIC_C), knownAs: ABSORBED };
const kindOf = ({ kind }: DisclosureOutcome) => kind;

describe('A person merged into another', () => {
  it('is read by whoever served it: the survivor’s record, under the reader’s own id, in the survivor’s history', async () => {
    const { gate, store } = await mergedWorld();
    const outcome = await gate.disclose(throughAbsorbed);
    if (outcome.kind !== 'released') throw new Error(outcome.kind);
    expect(outcome.release.record).toStrictEqual({ id: `${CLINIC_C}-id-of-${ABSORBED}`, ...RECORD });
    const disclosed = (await store.read(privacyStream(PERSON))).at(-1);
    expect(disclosed?.data).toMatchObject({ knownAs: ABSORBED, organizationId: CLINIC_C });
    // What the decision rests on is named: also whom the person followed.
    expect(disclosed?.data['decidedOn']).toContainEqual({ stream: privacyStream(ABSORBED), revision: 1 });
    expect((await store.read(privacyStream(ABSORBED))).length).toBe(2);
  });

  it('is read under another id of the reader’s, while the part that has it follows the survivor, too', async () => {
    const { gate, store } = await mergedWorld();
    await append(store, 'person-3', 'PrivacyOpened', opened());
    await append(store, 'person-3', 'SettingFollows', follows(PERSON));
    const answeredAs = { personId: 'person-3', registryId: 'id-3' };
    const outcome = await gate.disclose({ ...throughAbsorbed, answeredAs });
    if (outcome.kind !== 'released') throw new Error(outcome.kind);
    expect(outcome.release.record).toStrictEqual({ id: 'id-3', ...RECORD });
    outcome.release.handOver();
    const disclosed = (await store.read(privacyStream(PERSON))).at(-1);
    expect(disclosed?.data).toMatchObject({ knownAs: ABSORBED, answeredAs: 'person-3' });
    expect(disclosed?.data['decidedOn']).toContainEqual({ stream: privacyStream('person-3'), revision: 1 });
    const ofSurvivor = { personId: PERSON, registryId: 'id-1' };
    expect(kindOf(await gate.disclose({ ...throughAbsorbed, answeredAs: ofSurvivor }))).toBe('released');

    await append(store, 'person-3', 'SettingRestored', opened({ previousSettingRevision: 0 }));
    expect(kindOf(await gate.disclose({ ...throughAbsorbed, answeredAs }))).toBe('refused');
    expect(kindOf(await gate.disclose({ ...requestOf(CLINIC_A), answeredAs }))).toBe('refused');
    expect(kindOf(await gate.disclose(requestOf(CLINIC_A)))).toBe('released');
  });

  it.each([
    ['the survivor is locked to another', { kind: 'lock', organizationId: CLINIC_A }],
    ['the survivor opted out', { kind: 'opt-out' }],
  ] as const)('is not when %s', async (_name, change) => {
    const { gate } = await mergedWorld();
    await changeSetting(gate, change);
    expect(kindOf(await gate.disclose(throughAbsorbed))).toBe('refused');
  });

  it('is not under its own name any more: the reader’s candidate is behind', async () => {
    const { gate } = await mergedWorld();
    expect(kindOf(await gate.disclose(requestOf(CLINIC_C, ABSORBED)))).toBe('refused');
  });

  it('lends its readers the survivor only while it follows it', async () => {
    const { gate, store } = await mergedWorld();
    await append(store, ABSORBED, 'SettingRestored', opened({ previousSettingRevision: 0 }));
    expect(kindOf(await gate.disclose(throughAbsorbed))).toBe('refused');
    expect(kindOf(await gate.disclose(requestOf(CLINIC_A)))).toBe('released');
  });

  it('is no way to a person whom it does not follow', async () => {
    const { gate, store } = await mergedWorld();
    await append(store, 'person-3', 'PrivacyOpened', opened());
    await storeRelationship(store, clinicAccess(CLINIC_C, 'person-3').relationship);
    expect(kindOf(await gate.disclose({ ...throughAbsorbed, knownAs: 'person-3' }))).toBe('refused');
    expect(kindOf(await gate.disclose({ ...throughAbsorbed, knownAs: 'nobody' }))).toBe('refused');
  });

  it('takes the same calls as one that is not', async () => {
    const calls: string[] = [];
    const { gate, store } = await mergedWorld({
      around: (call, run) => {
        calls.push(call.method === 'heads' ? `heads ${call.streams.length}` : call.method);
        return run();
      },
    });
    await storeAccess(store, clinicAccess('clinic-d', 'person-4'));
    const callsOf = async (request: Parameters<typeof gate.disclose>[0]) => {
      calls.length = 0;
      await gate.disclose(request);
      return [...calls].sort();
    };
    const merged = await callsOf({
      ...throughAbsorbed,
      requester: { ...throughAbsorbed.requester, clientId: 'x' },
    });
    expect(merged).toEqual(await callsOf({ ...requestOf('clinic-d'), personId: 'nobody' }));
    expect(merged).toEqual(await callsOf({ ...requestOf(CLINIC_B), purpose: 'school' }));
    for (const personId of [PERSON, ABSORBED, 'person-3'])
      expect(merged).toEqual(
        await callsOf({ ...throughAbsorbed, purpose: 'school', answeredAs: { personId, registryId: 'id' } }),
      );
  });

  it('leads to the survivor, but not for ever', async () => {
    const { store } = await mergedWorld();
    expect(await survivorOf(store, ABSORBED)).toBe(PERSON);
    expect(await survivorOf(store, PERSON)).toBe(PERSON);
    await append(store, 'x', 'SettingFollows', follows('y'));
    await append(store, 'y', 'SettingFollows', follows('x'));
    await expect(survivorOf(store, 'x')).rejects.toThrow(PrivacyStreamUnreadable);
    expect((await readPrivacyHead(store, ABSORBED)).state).toMatchObject({ status: 'follows' });
  });
});

describe('A record', () => {
  it.each([
    [6, 'unavailable'],
    [7, 'released'],
    [8, 'released'],
  ])('that reflects links up to %i, where the setting asks for 7, is %s', async (linksRevision, kind) => {
    const { gate, store } = await gateWorld({
      records: { load: () => Promise.resolve({ record: seal(RECORD), linksRevision }) },
    });
    const unmerged = opened({ previousSettingRevision: 0, linksRevision: 7 });
    await append(store, PERSON, 'PersonsUnmerged', unmerged);
    const outcome = await gate.disclose(requestOf(CLINIC_A));
    expect(outcome.kind).toBe(kind);
    if (outcome.kind === 'released') outcome.release.handOver();
    await changeSetting(gate, { kind: 'decline-reminders' });
    expect(kindOf(await gate.disclose(requestOf(CLINIC_A)))).toBe(kind);
  });
});

describe('A person under review', () => {
  const readersWith = async (review: Review): Promise<string[]> => {
    const { gate, store } = await gateWorld();
    await append(store, PERSON, 'ReviewTightened', opened({ previousSettingRevision: 0, review }));
    const readers = [];
    for (const clinic of [CLINIC_A, CLINIC_B])
      if (kindOf(await gate.disclose(requestOf(clinic))) === 'released') readers.push(clinic);
    return readers;
  };

  it('is read under the ordinary rules, by the submitter alone, or by nobody', async () => {
    const provisional = { kind: 'provisional', candidates: ['c'], submittedBy: CLINIC_A } as const;
    expect(await readersWith(provisional)).toEqual([CLINIC_A, CLINIC_B]);
    expect(await readersWith({ ...provisional, onlySubmitter: true })).toEqual([CLINIC_A]);
    expect(await readersWith({ kind: 'held', candidates: ['c'] })).toEqual([]);
  });

  it('whose review is not understood is read by nobody', async () => {
    const { gate, store } = await gateWorld();
    const review = { kind: 'something new' };
    await append(store, PERSON, 'ReviewTightened', opened({ previousSettingRevision: 0, review }));
    expect(kindOf(await gate.disclose(requestOf(CLINIC_A)))).toBe('unavailable');
  });
});

describe('A custodial view', () => {
  const demographics: HandledDemographics = {
    names: [{ family: 'Quill', given: 'Ada' }],
    birthDate: '2019-04-02',
    sex: 'F',
    guardians: [],
    addresses: [],
    phones: ['2185550100'],
    identifiers: [{ authority: 'A', type: 'MR', value: '1' }],
  };
  const source = (asked: string[]): CustodialSource => ({
    demographicsOf: (personId) => {
      asked.push(personId);
      return Promise.resolve(seal(demographics));
    },
    recordOf: (personId) => {
      asked.push(personId);
      return Promise.resolve(seal({ ...RECORD, phones: [], notGiven: [], sources: [] } satisfies OwnRecord));
    },
  });
  const handling = {
    personId: PERSON,
    task: 'request-handling',
    taskId: 't1',
    staff: { clientId: 'desk', userId: 'u1' },
  } as const;

  it('shows what the task needs, of any person, and is in the history before', async () => {
    const { gate, store } = await gateWorld();
    await changeSetting(gate, { kind: 'opt-out' });
    const custody = new Custody(store, source([]), systemGateClock);
    expect(await custody.handle(handling)).toStrictEqual({
      names: demographics.names,
      birthDate: demographics.birthDate,
      guardians: [],
      addresses: [],
    });
    expect(await typesOf(store)).toEqual(['PrivacyOpened', 'OptedOut', 'RecordHandled']);
    expect((await store.read(privacyStream(PERSON))).at(-1)?.data).toStrictEqual({
      settingRevision: 1,
      task: 'request-handling',
      taskId: 't1',
      clientId: 'desk',
      userId: 'u1',
      fields: ['names', 'birthDate', 'guardians', 'addresses'],
    });
    // The setting in force is still found.
    expect((await readPrivacyHead(store, PERSON)).state).toMatchObject({ setting: { optedOut: true } });
  });

  it('of a merged person is one of the survivor', async () => {
    const { store } = await mergedWorld();
    const asked: string[] = [];
    await new Custody(store, source(asked), systemGateClock).handle({ ...handling, personId: ABSORBED });
    expect(asked).toEqual([PERSON]);
    expect((await typesOf(store)).at(-1)).toBe('RecordHandled');
  });

  it('of nobody shows nothing, and asks for nothing', async () => {
    const { store } = await gateWorld();
    const asked: string[] = [];
    const custody = new Custody(store, source(asked), systemGateClock);
    expect(await custody.handle({ ...handling, personId: 'nobody' })).toBeUndefined();
    expect(asked).toEqual([]);
  });

  it('that cannot be written down shows nothing', async () => {
    const { store } = await gateWorld();
    const asked: string[] = [];
    const broken = aroundStore(store, (call, run) =>
      call.method === 'append' ? Promise.reject(new Error('disk full')) : run(),
    );
    const custody = new Custody(broken, source(asked), systemGateClock);
    await expect(custody.handle(handling)).rejects.toThrow('disk full');
    await expect(
      custody.ownRecord({ personId: PERSON, accessId: 'a1', capacity: 'self', part: 'record' }),
    ).rejects.toThrow('disk full');
    expect(asked).toEqual([]);
  });

  it('of one’s own is in the history as such', async () => {
    const { store } = await gateWorld();
    const custody = new Custody(store, source([]), systemGateClock);
    const record = await custody.ownRecord({
      personId: PERSON,
      accessId: 'a1',
      capacity: 'self',
      part: 'record',
    });
    expect(record?.doses).toEqual(RECORD.doses);
    expect((await typesOf(store)).at(-1)).toBe('OwnRecordViewed');
  });
});
