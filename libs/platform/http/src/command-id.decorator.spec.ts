import type { ExecutionContext } from '@nestjs/common';
import { ROUTE_ARGS_METADATA } from '@nestjs/common/constants';
import type { Caller } from '@registry/access';
import { CommandId } from './command-id.decorator.js';

class Rosters {
  upload(@CommandId() _id: string): void {}
  replace(@CommandId() _id: string): void {}
}

class Births {
  upload(@CommandId() _id: string): void {}
}

interface Sent {
  readonly key?: string | readonly string[];
  readonly clientId?: string | undefined;
  readonly at?: readonly [controller: typeof Rosters | typeof Births, method: string];
}

/** The value that a handler gets, as the framework takes it from the decorator. */
const commandId = ({ key, clientId = 'c1', at = [Rosters, 'upload'] }: Sent = {}): string => {
  const [controller, method] = at;
  const parameters = Reflect.getMetadata(ROUTE_ARGS_METADATA, controller, method) as Record<
    string,
    { readonly factory: (data: unknown, context: ExecutionContext) => string }
  >;
  const caller: Partial<Caller> | undefined = clientId === 'nobody' ? undefined : { clientId };
  const request = { headers: key === undefined ? {} : { 'idempotency-key': key }, caller };
  const [parameter] = Object.values(parameters);
  if (parameter === undefined) throw new Error('No parameter');
  return parameter.factory(undefined, {
    switchToHttp: () => ({ getRequest: () => request }),
    getClass: () => controller,
    getHandler: () => (controller.prototype as unknown as Record<string, unknown>)[method],
  } as unknown as ExecutionContext);
};

const RANDOM = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const DERIVED = /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}$/;

describe('The id of a command', () => {
  it('is random without a key', () => {
    const ids = [commandId(), commandId(), commandId({ clientId: 'nobody' })];
    for (const id of ids) expect(id).toMatch(RANDOM);
    expect(new Set(ids).size).toBe(3);
  });

  it('is the same for the same client, operation and key', () => {
    expect(commandId({ key: 'k1' })).toMatch(DERIVED);
    expect(commandId({ key: 'k1' })).toBe(commandId({ key: 'k1' }));
    expect(commandId({ key: '!'.repeat(200) })).toMatch(DERIVED);
  });

  it('is another one for another key, client or operation', () => {
    const ids = [
      commandId({ key: 'k1' }),
      commandId({ key: 'k2' }),
      commandId({ key: 'K1' }),
      commandId({ key: 'k1', clientId: 'c2' }),
      commandId({ key: 'k1', at: [Rosters, 'replace'] }),
      commandId({ key: 'k1', at: [Births, 'upload'] }),
    ];
    expect(new Set(ids).size).toBe(ids.length);
  });

  it.each([
    ['empty', ''],
    ['too long', 'k'.repeat(201)],
    ['of two words', 'k 1'],
    ['with a control character', 'k\t1'],
    ['not ASCII', 'clé'],
    // Node joins a header that is sent twice, and a list is what other servers make of it.
    ['sent twice', 'k1, k1'],
    ['sent twice, as a list', ['k1', 'k1']],
  ])('is refused with a key that is %s', (_what, key) => {
    expect(() => commandId({ key })).toThrow(
      expect.objectContaining({ errors: [{ path: '/header/idempotency-key', message: 'matches' }] }) as Error,
    );
  });

  it('is nobody’s who is not known', () => {
    expect(() => commandId({ key: 'k1', clientId: 'nobody' })).toThrow('Unauthorized');
  });
});
