import type { Caller } from '@registry/access';
import { createMemoryContentKeys, type ContentKeys, type KeyRing } from '@registry/content-keys';
import { accessStreams, privacyRequestStream } from '@registry/contracts';
import { createMemoryEventStore, type EventStore } from '@registry/event-store';
import { SubmitRequest, type RequestReceipt } from './request.commands.js';
import type { SubmitRequestDto } from './request.dto.js';
import { RejectRequestHandler, SubmitRequestHandler } from './request.handlers.js';
import { RequestRepository } from './request.repository.js';

const REQUEST = '6f1c4a0c-9d0b-4c9f-8d6a-7e315b1f0f0e';
const OTHER_REQUEST = '0b8e8f0e-1c3b-4a55-9d0f-2f3f8a7c1d2e';
const PROVIDER = '3d9a1f6e-5b7c-4e2d-8a90-1c2b3d4e5f60';
const caller: Caller = {
  clientId: 'web-form',
  organizationId: 'o',
  roles: ['individual'],
  processingIds: [],
};
const KEYS: KeyRing = {
  current: () => ({ version: 1, key: Buffer.alloc(32, 7) }),
  get: () => Buffer.alloc(32, 7),
  rotate: () => Promise.resolve({ version: 1, key: Buffer.alloc(32, 7) }),
};
const person = { family: 'Olson', given: 'Nora', birthDate: '2024-03-05' };
const optOut: SubmitRequestDto = { change: 'opt-out', capacity: 'parent', person };

/** Every way in which a body can be another one. */
const OTHERS: readonly SubmitRequestDto[] = [
  { ...optOut, change: 'decline-reminders' },
  { ...optOut, capacity: 'guardian' },
  { ...optOut, person: { ...person, given: 'Noah' } },
  { ...optOut, person: { ...person, identifiers: [{ authority: 'LAKE', value: '1' }] } },
  { ...optOut, change: 'lock', holder: PROVIDER },
];

describe('Submitting a request', () => {
  let store: EventStore;
  let keys: ContentKeys;
  let repository: RequestRepository;

  beforeEach(async () => {
    store = createMemoryEventStore();
    keys = createMemoryContentKeys();
    repository = new RequestRepository(store);
    await provider('active');
  });

  const provider = async (status: 'active' | 'closed'): Promise<void> => {
    await store.append(accessStreams.organization(PROVIDER), 'any', [
      {
        id: `provider ${status}`,
        type: 'OrganizationEnrolled',
        data: { state: { organizationId: PROVIDER, name: 'Lakeside', category: 'provider', status } },
        metadata: { schemaVersion: 1 },
      },
    ]);
  };

  const submit = (body: SubmitRequestDto, requestId = REQUEST, minute = 0): Promise<RequestReceipt> =>
    new SubmitRequestHandler(
      store,
      keys,
      KEYS,
      { now: () => new Date(Date.UTC(2026, 2, 1, 10, minute)) },
      repository,
    ).execute(new SubmitRequest(requestId, body, caller));
  const events = (requestId = REQUEST) => store.read(privacyRequestStream(requestId));
  const reused = { code: 'IDEMPOTENCY.KEY_REUSED' };

  it('gives the request the id of the command', async () => {
    expect(await submit(optOut)).toMatchObject({ requestId: REQUEST, status: 'submitted' });
    expect(await events()).toMatchObject([
      {
        type: 'PrivacyRequestSubmitted',
        data: {
          change: { kind: 'opt-out' },
          capacity: 'parent',
          submittedBy: 'web-form',
          receivedAt: '2026-03-01T10:00:00.000Z',
          dueAt: '2026-03-06T10:00:00.000Z',
        },
      },
    ]);
  });

  it('again is the same request, and answered as the first time', async () => {
    const first = await submit(optOut);
    expect(await submit({ ...optOut, person: { ...person } }, REQUEST, 5)).toStrictEqual(first);
    expect(await events()).toHaveLength(1);
  });

  it('again is answered as the first time, whatever became of it', async () => {
    const first = await submit(optOut);
    await new RejectRequestHandler(repository).execute({
      requestId: REQUEST,
      body: { reason: 'withdrawn' },
      caller,
    });
    expect(await submit(optOut)).toStrictEqual(first);
    expect(await events()).toHaveLength(2);
  });

  it('again is answered as the first time when the holder has closed since', async () => {
    const lock: SubmitRequestDto = { ...optOut, change: 'lock', holder: PROVIDER };
    const first = await submit(lock);
    await provider('closed');
    expect(await submit(lock)).toStrictEqual(first);
    await expect(submit(lock, OTHER_REQUEST)).rejects.toMatchObject({
      code: 'PRIVACY.HOLDER_NOT_A_PROVIDER',
    });
  });

  it.each(OTHERS)('of something else under the same id is refused: %j', async (other) => {
    await submit(optOut);
    await expect(submit(other)).rejects.toMatchObject(reused);
    expect(await events()).toHaveLength(1);
  });

  it('of two things at once under one id takes one', async () => {
    const [other] = OTHERS;
    const outcomes = await Promise.allSettled([submit(optOut), submit(other ?? optOut)]);
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(outcomes.find(({ status }) => status === 'rejected')).toMatchObject({ reason: reused });
    expect(await events()).toHaveLength(1);
  });

  it('of one thing twice at once takes it once', async () => {
    const [first, second] = await Promise.all([submit(optOut), submit(optOut, REQUEST, 1)]);
    expect(second).toStrictEqual(first);
    expect(await events()).toHaveLength(1);
  });

  it('keeps nothing by which two requests about one person could be told to be', async () => {
    await submit(optOut);
    await submit(optOut, OTHER_REQUEST);
    const [one] = await events();
    const [other] = await events(OTHER_REQUEST);
    expect(one?.data['digest']).toMatch(/^[\w-]{43}$/);
    expect(other?.data['digest']).not.toBe(one?.data['digest']);
    expect(JSON.stringify([one, other])).not.toMatch(/Olson|Nora|2024-03-05/);
  });
});
