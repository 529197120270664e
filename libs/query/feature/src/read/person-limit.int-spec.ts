import { Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { CqrsModule } from '@nestjs/cqrs';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import {
  AccessGuard,
  CALLER_DIRECTORY,
  DISTINCT_SUBJECTS,
  hashApiKey,
  MemoryDistinctSubjects,
  MemoryTokenBuckets,
  RequestLimits,
  type Caller,
} from '@registry/access';
import { KEY_RING, type KeyRing } from '@registry/content-keys';
import { createHttpApp } from '@registry/http';
import { createLogger } from '@registry/observability';
import { ReleaseGate, type DisclosureOutcome } from '@registry/privacy-gate';
import { CLOCK } from '@registry/runtime';
import { StoredRecords } from '../record/stored-records.js';
import { PersonController } from './person.controller.js';
import { PersonLimit } from './person-limit.js';
import { ReadPersonHandler, SearchPersonHandler } from './read-person.query.js';

const LIMIT = 3;
const clinic: Caller = {
  clientId: 'clinic',
  organizationId: 'o',
  roles: ['reader'],
  processingIds: ['P'],
  limits: { personsPerDay: LIMIT },
};
const CALLERS: readonly Caller[] = [clinic, { ...clinic, clientId: 'other' }];

const clock = { instant: '2026-07-01T17:00:00.000Z', now: () => new Date(clock.instant) };

/** The clinic's own id of the one person that there is. */
const PRESENT = 'present';
const looked: string[] = [];
const records: Pick<StoredRecords, 'candidateById' | 'candidateByKey'> = {
  candidateById: (_organization, id) => {
    looked.push(id);
    return Promise.resolve(id === PRESENT ? { personId: 'p1' } : undefined);
  },
  candidateByKey: (_organization, key) => {
    looked.push(key);
    return Promise.resolve(undefined);
  },
};
const gate: Pick<ReleaseGate, 'disclose'> = {
  disclose: ({ personId }) => {
    const release = { record: { registryId: PRESENT }, handOver: () => true };
    return Promise.resolve(
      (personId === 'p1' ? { kind: 'released', release } : { kind: 'refused' }) as DisclosureOutcome,
    );
  },
};
const key = { version: 1, key: new Uint8Array(32) };
const keys = { current: () => key } as unknown as KeyRing;

@Module({
  imports: [CqrsModule],
  controllers: [PersonController],
  providers: [
    PersonLimit,
    ReadPersonHandler,
    SearchPersonHandler,
    { provide: APP_GUARD, useClass: AccessGuard },
    {
      provide: CALLER_DIRECTORY,
      useValue: {
        identify: (keyHash: string) =>
          Promise.resolve(CALLERS.find(({ clientId }) => hashApiKey(clientId) === keyHash)),
      },
    },
    { provide: RequestLimits, useValue: new RequestLimits(new MemoryTokenBuckets(() => 0)) },
    { provide: DISTINCT_SUBJECTS, useFactory: () => new MemoryDistinctSubjects() },
    { provide: KEY_RING, useValue: keys },
    { provide: CLOCK, useValue: clock },
    { provide: StoredRecords, useValue: records },
    { provide: ReleaseGate, useValue: gate },
  ],
})
class TestModule {}

describe('The limit on persons', () => {
  let app: NestFastifyApplication;

  beforeEach(async () => {
    clock.instant = '2026-07-01T17:00:00.000Z';
    looked.length = 0;
    app = await createHttpApp(TestModule, createLogger('silent'));
    await app.init();
    await app.getHttpAdapter().getInstance().ready();
  });
  afterEach(() => app.close());

  const headersOf = (client: string) => ({
    authorization: `Bearer ${client}`,
    'x-purpose-of-use': 'treatment',
  });
  const read = (id: string, client = 'clinic') =>
    app
      .getHttpAdapter()
      .getInstance()
      .inject({ url: `/persons/${id}`, headers: headersOf(client) });
  const search = (value: string, client = 'clinic') =>
    app
      .getHttpAdapter()
      .getInstance()
      .inject({
        method: 'POST',
        url: '/persons/search',
        headers: headersOf(client),
        payload: { identifier: { authority: 'A', value } },
      });

  it('counts who is asked about, found or not, and each once', async () => {
    const statuses = [];
    for (const id of [PRESENT, 'absent', PRESENT, 'absent']) statuses.push((await read(id)).statusCode);
    for (const value of ['1', '1']) statuses.push((await search(value)).statusCode);
    expect(statuses).toEqual([200, 404, 200, 404, 200, 200]);
    expect((await read('another')).statusCode).toBe(429);
    expect((await search('2')).statusCode).toBe(429);
    expect((await read(PRESENT)).statusCode).toBe(200);
  });

  it('answers the same about everybody, before anything is looked up', async () => {
    for (const id of ['a', 'b', 'c']) await read(id);
    looked.length = 0;
    const answers = [await read(PRESENT), await read('absent'), await search('1')].map(
      ({ statusCode, headers, body }) => ({ statusCode, headers: { ...headers, date: '' }, body }),
    );
    const [first] = answers;
    expect(answers).toEqual([first, first, first]);
    expect(first?.statusCode).toBe(429);
    expect(JSON.parse(first?.body ?? '')).toEqual({
      type: 'about:blank',
      title: 'Too Many Requests',
      status: 429,
      code: 'LIMIT.PERSONS',
    });
    // Until the legal day ends in Chicago, at 05:00Z.
    expect(first?.headers).toMatchObject({ 'retry-after': String(12 * 3_600) });
    expect(looked).toEqual([]);
  });

  it('begins anew with the legal day, and is each client’s own', async () => {
    for (const id of ['a', 'b', 'c']) await read(id);
    expect((await read('d')).statusCode).toBe(429);
    expect((await read('d', 'other')).statusCode).toBe(404);
    clock.instant = '2026-07-02T04:59:59.999Z';
    expect((await read('d')).statusCode).toBe(429);
    clock.instant = '2026-07-02T05:00:00.000Z';
    expect((await read('d')).statusCode).toBe(404);
  });

  it('does not count what was no question', async () => {
    for (let time = 0; time < 9; time += 1) expect((await search('', 'clinic')).statusCode).toBe(400);
    for (const id of ['a', 'b', 'c']) expect((await read(id)).statusCode).toBe(404);
  });
});
