import { accessStreams, type UserState } from '@registry/contracts';
import type { RecordDisclosedData } from '@registry/privacy-domain';
import type { JournaledRequest } from './inquiry-journal.js';
import { CLINIC_A, CLINIC_B, gateWorld, historyOf, requestOf } from './testing/gate-world.js';

const USER = 'user-1';
const user: UserState = {
  userId: USER,
  organizationId: CLINIC_A,
  name: 'Robin Lind',
  email: 'robin@clinic.example',
  roles: ['reader'],
  status: 'active',
};

/** One read by clinic A for the user; what the store was asked for, and what came of it. */
const readFor = async (userId: string | undefined, ...states: UserState[]) => {
  const asked: string[][] = [];
  const journaled: JournaledRequest[] = [];
  const world = await gateWorld({
    journal: { append: (request) => Promise.resolve(void journaled.push(request)) },
    around: (call, run) => {
      if (call.method === 'heads') asked.push([...call.streams]);
      return run();
    },
  });
  for (const [revision, state] of states.entries()) {
    const event = {
      id: `user-${revision}`,
      type: 'UserEnrolled',
      data: { state },
      metadata: { schemaVersion: 1 },
    };
    await world.store.append(accessStreams.user(USER), revision === 0 ? 'none' : revision - 1, [event]);
  }
  const request = requestOf(CLINIC_A);
  const requester = { ...request.requester, ...(userId === undefined ? {} : { userId }) };
  const { kind } = await world.gate.disclose({ ...request, requester });
  const disclosed = (await historyOf(world.store)).find(({ event }) => event.type === 'RecordDisclosed');
  const data = disclosed?.event.data as RecordDisclosedData | undefined;
  const users = [data?.userId, ...journaled.map((entry) => entry.requester.userId)];
  return { kind, asked, users, decidedOn: data?.decidedOn.map(({ stream }) => stream) };
};

describe('A read for a user', () => {
  it('is decided on the user’s head, in the same one call, and the disclosure names it', async () => {
    const { kind, asked, users, decidedOn } = await readFor(USER, user);
    expect(kind).toBe('released');
    expect(users).toEqual([USER, USER]);
    expect(decidedOn).toContain(accessStreams.user(USER));
    expect(asked).toHaveLength(1);
    expect(asked[0]).toContain(accessStreams.user(USER));
  });

  it('is refused when the user is deactivated, of another organization, or unknown, with the same calls', async () => {
    const refusals = [
      await readFor(USER, user, { ...user, status: 'deactivated' }),
      await readFor(USER, { ...user, organizationId: CLINIC_B }),
      await readFor(USER),
    ];
    for (const { kind, asked, users, decidedOn } of refusals) {
      expect(kind).toBe('refused');
      // The journal names the user, too.
      expect(users).toEqual([undefined, USER]);
      expect(decidedOn).toBeUndefined();
      expect(asked).toEqual(refusals[0]?.asked);
    }
  });

  it('asks for nothing more where there is none', async () => {
    const { kind, asked, users } = await readFor(undefined, user);
    expect(kind).toBe('released');
    expect(users).toEqual([undefined, undefined]);
    expect(asked.flat()).not.toContain(accessStreams.user(USER));
  });
});
