import { Controller, Get, Header, HttpCode, Module, Post } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import {
  AccessGuard,
  CALLER_DIRECTORY,
  hashApiKey,
  MemoryTokenBuckets,
  Public,
  RequestLimits,
  Roles,
  type Caller,
  type CallerDirectory,
  type LimitPolicy,
} from '@registry/access';
import { createLogger } from '@registry/observability';
import { createHttpApp, type HttpOptions } from './http-app.js';

@Controller()
class Routes {
  @Get('read')
  @Roles('reader')
  read(): object {
    return {};
  }

  @Post('hl7')
  @HttpCode(200)
  @Header('content-type', 'application/hl7-v2')
  @Roles('submitter')
  submit(): string {
    return 'MSH|';
  }

  @Get('live')
  @Public()
  live(): object {
    return {};
  }
}

const POLICY: LimitPolicy = {
  version: 'test',
  effective: '2026-01-01',
  requestsPerMinute: { submitter: 'unlimited', reader: 12, others: 6 },
  burstSeconds: 10,
  personsPerDay: 5,
  attestedPersonsPerDay: 200,
  wrongKeysPerMinute: 12,
};

const base: Caller = { clientId: '', organizationId: 'o', roles: ['reader', 'submitter'], processingIds: [] };
const CALLERS: Readonly<Record<string, Caller>> = {
  clinic: { ...base, clientId: 'clinic' },
  other: { ...base, clientId: 'other' },
  slow: { ...base, clientId: 'slow', limits: { requestsPerMinute: 1 } },
};

const directory: CallerDirectory & { asked: number } = {
  asked: 0,
  identify(keyHash) {
    this.asked += 1;
    return Promise.resolve(Object.entries(CALLERS).find(([key]) => hashApiKey(key) === keyHash)?.[1]);
  },
  callerOf: () => Promise.resolve(undefined),
};

describe('A service with limits', () => {
  const clock = { now: 0 };
  let app: NestFastifyApplication;

  const start = async (options?: HttpOptions) => {
    clock.now = 0;
    directory.asked = 0;
    @Module({
      controllers: [Routes],
      providers: [
        { provide: APP_GUARD, useClass: AccessGuard },
        { provide: CALLER_DIRECTORY, useValue: directory },
        {
          provide: RequestLimits,
          useValue: new RequestLimits(new MemoryTokenBuckets(() => clock.now), POLICY),
        },
      ],
    })
    class TestModule {}
    app = await createHttpApp(TestModule, createLogger('silent'), options);
    await app.init();
    await app.getHttpAdapter().getInstance().ready();
  };

  const ask = (key: string | undefined, url = '/read', rest: Record<string, string> = {}) =>
    app
      .getHttpAdapter()
      .getInstance()
      .inject({
        method: url === '/hl7' ? 'POST' : 'GET',
        url,
        headers: { ...(key === undefined ? {} : { authorization: `Bearer ${key}` }), ...rest },
        ...(url === '/hl7' ? { payload: Buffer.from('MSH|') } : {}),
        remoteAddress: '192.0.2.1',
      });

  const HL7 = { 'content-type': 'application/hl7-v2' };

  afterEach(() => app.close());

  it('answers a client above its limit by a problem that says when to come again', async () => {
    await start();
    expect([(await ask('clinic')).statusCode, (await ask('clinic')).statusCode]).toEqual([200, 200]);
    const refused = await ask('clinic');
    expect(refused.statusCode).toBe(429);
    expect(refused.headers).toMatchObject({
      'content-type': 'application/problem+json; charset=utf-8',
      'cache-control': 'no-store',
      'retry-after': '5',
    });
    expect(refused.json()).toEqual({
      type: 'about:blank',
      title: 'Too Many Requests',
      status: 429,
      code: 'LIMIT.REQUESTS',
    });
    expect((await ask('other')).statusCode).toBe(200);
    expect((await ask('clinic', '/hl7', HL7)).statusCode).toBe(200);
    expect((await ask(undefined, '/live')).statusCode).toBe(200);
    clock.now = 5_000;
    expect((await ask('clinic')).statusCode).toBe(200);
  });

  it('does so where messages are taken, too', async () => {
    await start();
    const taken = await ask('slow', '/hl7', HL7);
    expect([taken.statusCode, taken.headers['content-type']]).toEqual([200, 'application/hl7-v2']);
    const refused = await ask('slow', '/hl7', HL7);
    expect(refused.statusCode).toBe(429);
    expect(refused.headers).toMatchObject({
      'content-type': 'application/problem+json; charset=utf-8',
      'retry-after': '60',
    });
    expect(refused.json()).toMatchObject({ code: 'LIMIT.REQUESTS' });
  });

  it('stops looking at the keys of a source that guesses', async () => {
    await start();
    for (let time = 0; time < 9; time += 1) expect((await ask(undefined)).statusCode).toBe(401);
    expect((await ask('guess 1')).statusCode).toBe(401);
    expect(directory.asked).toBe(0);
    expect([(await ask('guess-2')).statusCode, (await ask('guess-3')).statusCode]).toEqual([401, 401]);
    const [wrong, right] = [await ask('guess-4'), await ask('clinic')];
    expect([wrong.statusCode, wrong.body, wrong.headers['retry-after']]).toEqual([
      right.statusCode,
      right.body,
      right.headers['retry-after'],
    ]);
    expect(wrong.json()).toMatchObject({ status: 429, code: 'LIMIT.WRONG_KEYS' });
    expect(directory.asked).toBe(2);
    clock.now = 5_000;
    expect((await ask('clinic')).statusCode).toBe(200);
  });

  it('takes a proxy’s word for the source only if it is told to', async () => {
    const guess = (from: string) => ask('guess', '/read', { 'x-forwarded-for': from });
    await start();
    for (const from of ['198.51.100.1', '198.51.100.2']) expect((await guess(from)).statusCode).toBe(401);
    expect((await guess('198.51.100.3')).statusCode).toBe(429);
    await app.close();

    await start({ trustedProxies: ['192.0.2.0/24'] });
    for (let time = 0; time < 2; time += 1) expect((await guess('198.51.100.1')).statusCode).toBe(401);
    expect((await guess('198.51.100.1')).statusCode).toBe(429);
    // What a client itself writes stands before what the proxy saw, and is not believed.
    expect((await guess('203.0.113.9, 198.51.100.1')).statusCode).toBe(429);
    expect((await guess('198.51.100.2')).statusCode).toBe(401);
  });
});
