import type { ClientRole } from '@registry/contracts';
import type { Caller } from '../caller.js';
import type { LimitPolicy } from './limit-policy.js';
import { LIMIT_POLICY } from './limit-policy.js';
import { RequestLimits } from './request-limits.js';
import { MemoryTokenBuckets } from './token-buckets.js';
import { TooManyRequests } from './too-many-requests.js';

const POLICY: LimitPolicy = {
  version: 'test',
  effective: '2026-01-01',
  requestsPerMinute: { submitter: 'unlimited', reader: 120, others: 60 },
  burstSeconds: 10,
  personsPerDay: 5,
  attestedPersonsPerDay: 200,
  wrongKeysPerMinute: 60,
};

const caller: Caller = {
  clientId: 'c1',
  organizationId: 'o1',
  roles: ['reader', 'submitter', 'help-desk'],
  processingIds: ['P'],
};

const limitsAt = () => {
  const clock = { now: 0 };
  return { clock, limits: new RequestLimits(new MemoryTokenBuckets(() => clock.now), POLICY) };
};

/** How many of so many requests at once were let through, and what the others were told. */
const throughOf = async (admit: () => Promise<void>, times = 100) => {
  let through = 0;
  let refusal: TooManyRequests | undefined;
  for (let time = 0; time < times; time += 1) {
    try {
      await admit();
      through += 1;
    } catch (error) {
      if (!(error instanceof TooManyRequests)) throw error;
      refusal = error;
    }
  }
  return { through, code: refusal?.code, retryAfter: refusal?.retryAfterSeconds };
};

describe('The limits on requests', () => {
  it('are by the role that opens the route', async () => {
    const { limits } = limitsAt();
    const asked = (roles: ClientRole[]) => throughOf(() => limits.admit(caller, roles));
    expect(await asked(['submitter'])).toMatchObject({ through: 100 });
    expect(await asked(['reader'])).toEqual({ through: 20, code: 'LIMIT.REQUESTS', retryAfter: 1 });
    expect(await asked(['help-desk'])).toMatchObject({ through: 10 });
    // A role that it has not, and one that is used up.
    expect(await asked(['auditor', 'reader'])).toMatchObject({ through: 0 });
    expect(await asked(['reader', 'submitter'])).toMatchObject({ through: 100 });
    expect(await asked(['administrator'])).toMatchObject({ through: 10 });
  });

  it('are each client’s own', async () => {
    const { limits } = limitsAt();
    await throughOf(() => limits.admit(caller, ['reader']));
    const other = { ...caller, clientId: 'c2' };
    expect(await throughOf(() => limits.admit(other, ['reader']))).toMatchObject({ through: 20 });
  });

  it('give way to what the directory says of a client, which counts all that it asks', async () => {
    const { limits, clock } = limitsAt();
    const slow = { ...caller, limits: { requestsPerMinute: 6 } };
    expect(await throughOf(() => limits.admit(slow, ['submitter']))).toEqual({
      through: 1,
      code: 'LIMIT.REQUESTS',
      retryAfter: 10,
    });
    expect(await throughOf(() => limits.admit(slow, ['reader']))).toMatchObject({ through: 0 });
    clock.now = 10_000;
    expect(await throughOf(() => limits.admit(slow, ['reader']))).toMatchObject({ through: 1 });

    const fast = { ...caller, clientId: 'c3', limits: { requestsPerMinute: 600 } };
    expect(await throughOf(() => limits.admit(fast, ['help-desk']), 200)).toMatchObject({ through: 100 });
    // A limit on persons only says nothing about requests.
    const counted = { ...caller, clientId: 'c4', limits: { personsPerDay: 1 } };
    expect(await throughOf(() => limits.admit(counted, ['reader']))).toMatchObject({ through: 20 });
  });

  it('refuse a source that has tried too many wrong keys, until it waited', async () => {
    const { limits, clock } = limitsAt();
    const attempt = async () => {
      await limits.beforeKey('192.0.2.1');
      await limits.afterWrongKey('192.0.2.1');
    };
    expect(await throughOf(attempt)).toEqual({ through: 10, code: 'LIMIT.WRONG_KEYS', retryAfter: 1 });
    await limits.beforeKey('192.0.2.2');
    clock.now = 1_000;
    expect(await throughOf(attempt)).toMatchObject({ through: 1 });
  });

  it('count each of the wrong keys that are tried at once', async () => {
    const { limits } = limitsAt();
    for (let time = 0; time < 12; time += 1) await limits.beforeKey('192.0.2.1');
    for (let time = 0; time < 12; time += 1) await limits.afterWrongKey('192.0.2.1');
    expect(await throughOf(() => limits.beforeKey('192.0.2.1'))).toMatchObject({
      through: 0,
      retryAfter: 3,
    });
  });
});

describe('The policy of limits', () => {
  it('fills a bucket within a minute, as the memory of buckets wants', () => {
    expect(LIMIT_POLICY.burstSeconds).toBeLessThanOrEqual(60);
    expect(LIMIT_POLICY.requestsPerMinute).toEqual({ submitter: 'unlimited', reader: 60_000, others: 6_000 });
  });
});
