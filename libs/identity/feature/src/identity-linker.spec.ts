import { createMemoryContentKeys, newContentKey, seal, type ContentKeys } from '@registry/content-keys';
import {
  IDENTITY_STREAM,
  privacyRequestStream,
  submissionStream,
  type ContractEvent,
  type Demographics,
} from '@registry/contracts';
import { createMemoryEventStore, type EventStore } from '@registry/event-store';
import { identifierMatcher, type IdentityDecision } from '@registry/identity-domain';
import type { Delivery } from '@registry/messaging';
import { IdentityLinker } from './identity-linker.js';

const demographics = (mrn: string, given = 'Nora', birthDate = '2024-03-05'): Demographics => ({
  identifiers: [{ authority: 'LAKE', type: 'MR', value: mrn }],
  names: [{ family: 'Olson', given }],
  birthDate,
  addresses: [],
  phones: [],
  guardians: [],
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

  const linker = () =>
    new IdentityLinker(store, keys, identifierMatcher, () => `person-${(lastPerson += 1)}`);

  const submission = async (submissionId: string, about: Demographics): Promise<Delivery> => {
    const keyId = submissionStream(submissionId);
    const key = await keys.put(keyId, newContentKey());
    const sealed = seal(key, keyId, JSON.stringify({ demographics: about }));
    await store.append(keyId, 'none', [
      {
        id: `received ${submissionId}`,
        type: 'SubmissionReceived',
        data: { sealed },
        metadata: { schemaVersion: 1 },
      },
    ]);
    const [recorded] = await store.read(keyId);
    if (recorded === undefined) throw new Error('Not there');
    const data = { submissionId, clientId: 'c', organizationId: 'o', kind: 'vxu', sealed };
    return { topic: 'ingestion.submissions.v1', event: { ...recorded, key: submissionId, data } };
  };

  const request = async (requestId: string, about: Demographics): Promise<Delivery> => {
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
    (await store.read(IDENTITY_STREAM)).map((event) => event as unknown as IdentityDecision);

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
    await keys.destroy([submissionStream('s1')]);
    await linker().decideAll([second]);
    expect(await links()).toEqual({ s1: 'person-1', s2: 'person-2' });
  });

  it('writes no values into its decisions', async () => {
    await linker().decideAll([
      await submission('s1', demographics('1001')),
      await request('r1', demographics('1001')),
    ]);
    expect(JSON.stringify(await decisions())).not.toMatch(/Olson|Nora|1001|2024-03-05/);
  });
});
