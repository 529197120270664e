import {
  BadRequestException,
  ForbiddenException,
  UnauthorizedException,
  type ExecutionContext,
} from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { Public, Roles, type RequestWithCaller } from './access.decorators.js';
import { AccessGuard } from './access.guard.js';
import { hashApiKey } from './api-key.js';
import type { Caller } from './caller.js';
import { RequestLimits } from './limits/request-limits.js';
import { MemoryTokenBuckets } from './limits/token-buckets.js';

class Routes {
  @Roles('reader')
  read(this: void): void {}

  @Roles('submitter')
  submit(this: void): void {}

  @Public()
  health(this: void): void {}

  closed(this: void): void {}
}

const USER = '6f1c4a0c-9d0b-4c9f-8d6a-7e315b1f0f0e';
const caller: Caller = {
  clientId: 'c',
  organizationId: 'o',
  roles: ['reader', 'submitter'],
  processingIds: ['P'],
};

/** Asks the guard about a request with the one key that is known; the caller it lets in. */
const enter = async (
  route: keyof Routes,
  headers: RequestWithCaller['headers'] = {},
  over: Partial<Caller> = {},
): Promise<Caller | undefined> => {
  const known = hashApiKey('the-key');
  const guard = new AccessGuard(
    new Reflector(),
    {
      identify: (keyHash) => Promise.resolve(keyHash === known ? { ...caller, ...over } : undefined),
      callerOf: () => Promise.resolve(undefined),
    },
    new RequestLimits(new MemoryTokenBuckets(() => 0)),
  );
  const request: RequestWithCaller = {
    headers: { authorization: 'Bearer the-key', ...headers },
    ip: '192.0.2.1',
  };
  const context = {
    getHandler: () => Routes.prototype[route],
    getClass: () => Routes,
    switchToHttp: () => ({ getRequest: () => request }),
  } as unknown as ExecutionContext;
  expect(await guard.canActivate(context)).toBe(true);
  return request.caller;
};

describe('The access guard', () => {
  it('lets a known client into a route of its roles', async () => {
    expect(await enter('read')).toStrictEqual(caller);
    await expect(enter('read', {}, { roles: ['submitter'] })).rejects.toBeInstanceOf(ForbiddenException);
    await expect(enter('closed')).rejects.toBeInstanceOf(ForbiddenException);
  });

  it.each([undefined, '', 'Bearer', 'Bearer other', 'Basic the-key', 'Bearer the-key x'])(
    'lets nobody in with %p, but where there is nothing to guard',
    async (authorization) => {
      await expect(enter('read', { authorization })).rejects.toBeInstanceOf(UnauthorizedException);
      expect(await enter('health', { authorization })).toBeUndefined();
    },
  );

  it('takes down for which user a client says that it acts', async () => {
    expect(await enter('read', { 'x-user-id': USER })).toStrictEqual({ ...caller, userId: USER });
    for (const malformed of ['', 'robin', USER.toUpperCase(), `${USER}, ${USER}`, [USER, USER]]) {
      await expect(enter('read', { 'x-user-id': malformed })).rejects.toBeInstanceOf(BadRequestException);
    }
  });

  it('wants a user of a client that acts for users, where records are read', async () => {
    const acting = { actsForUsers: true };
    await expect(enter('read', {}, acting)).rejects.toBeInstanceOf(BadRequestException);
    expect(await enter('read', { 'x-user-id': USER }, acting)).toMatchObject({ userId: USER });
    expect(await enter('submit', {}, acting)).toStrictEqual({ ...caller, ...acting });
  });
});
