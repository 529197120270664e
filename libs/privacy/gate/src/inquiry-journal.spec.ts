import { open, type KeyRing } from '@registry/content-keys';
import { createMemoryEventStore, type RecordedEvent } from '@registry/event-store';
import { StoredInquiryJournal, type JournaledRequest } from './inquiry-journal.js';
import { CLINIC_A, requestOf } from './testing/gate-world.js';
import { VirtualClock } from './testing/virtual-clock.js';

const KEY = new Uint8Array(32).fill(7);
const KEYS: KeyRing = {
  current: () => ({ version: 3, key: KEY }),
  get: () => KEY,
  rotate: () => Promise.resolve({ version: 3, key: KEY }),
};
const PERSON = '00000000-0000-4000-a000-000000000001';
const DECOY = '5f0c1d2e-3b4a-4c5d-ae6f-708192a3b4c5';
const STREAM = `inquiries-${CLINIC_A}-client-2026-03-01-p1`;

const journaled = async (...requests: JournaledRequest[]): Promise<RecordedEvent[]> => {
  const store = createMemoryEventStore();
  const journal = new StoredInquiryJournal(store, KEYS, new VirtualClock(), 'p1');
  for (const [index, request] of requests.entries()) await journal.append(request, `inquiry-${index}`);
  return store.read(STREAM);
};

describe('The journal of inquiries', () => {
  it('keeps who asked what for, and whom about only under a key', async () => {
    const [entry] = await journaled(requestOf(CLINIC_A, PERSON));
    expect(entry).toMatchObject({
      id: 'inquiry-0',
      type: 'InquiryMade',
      data: { form: 'read', purpose: 'treatment', organizationId: CLINIC_A, keyVersion: 3 },
      metadata: { schemaVersion: 1, actor: `${CLINIC_A}-client` },
    });
    expect(JSON.stringify(entry)).not.toContain(PERSON);
    expect(JSON.stringify(entry)).not.toContain('some-id');
    expect(open(KEY, 'inquiry-0', entry?.data['subject'] as string).toString()).toBe(PERSON);
  });

  it('has entries of one shape for a person and for nobody, and does not tell a repeated question by its subject', async () => {
    const entries = await journaled(
      requestOf(CLINIC_A, PERSON),
      requestOf(CLINIC_A, DECOY),
      requestOf(CLINIC_A, PERSON),
    );
    const shape = ({ data }: RecordedEvent): unknown[] =>
      Object.entries(data).map(([key, value]) => [key, typeof value, JSON.stringify(value).length]);
    expect(entries.map(shape)).toStrictEqual(Array(3).fill(entries[0] && shape(entries[0])));
    expect(new Set(entries.map(({ data }) => data['subject'])).size).toBe(3);
  });

  it('names the user where one was stated, and nobody else', async () => {
    const request = requestOf(CLINIC_A, PERSON);
    const requester = { ...request.requester, userId: 'user-1' };
    const [withUser, without] = await journaled({ ...request, requester }, request);
    expect(withUser?.data).toHaveProperty('userId', 'user-1');
    expect(without?.data).not.toHaveProperty('userId');
  });

  it('of two processes is written side by side', async () => {
    const store = createMemoryEventStore();
    const clock = new VirtualClock();
    for (const id of ['i1', 'i2']) {
      await new StoredInquiryJournal(store, KEYS, clock).append(requestOf(CLINIC_A, PERSON), id);
    }
    const { events } = await store.readAll();
    expect(events.map(({ revision }) => revision)).toStrictEqual([0, 0]);
  });
});
