import { hash, randomUUID } from 'node:crypto';
import { createParamDecorator, UnauthorizedException, type ExecutionContext } from '@nestjs/common';
import type { RequestWithCaller } from '@registry/access';
import { uuidOfHex } from '@registry/contracts';
import { InvalidInput } from './problem.filter.js';

/**
 * The id of a command, as a parameter of a controller's method: what the command makes is named by it. With an `Idempotency-Key` header it
 * follows from client, operation and key, so that a command sent again makes the same thing again, which is nothing; without one it
 * is random.
 */
export const CommandId = createParamDecorator((_data: unknown, context: ExecutionContext): string => {
  const { headers, caller } = context.switchToHttp().getRequest<RequestWithCaller>();
  const key = headers['idempotency-key'];
  if (key === undefined) return randomUUID();
  if (typeof key !== 'string' || !/^[\x21-\x7e]{1,200}$/.test(key))
    throw new InvalidInput([{ path: '/header/idempotency-key', message: 'matches' }]);
  if (caller === undefined) throw new UnauthorizedException();
  const operation = `${context.getClass().name}.${context.getHandler().name}`;
  return commandIdOf(caller.clientId, operation, key);
});

/** A UUID of version 8, which is for ids of one's own making (RFC 9562): clients get it as the id of what they made. */
export const commandIdOf = (clientId: string, operation: string, key: string): string => {
  const hex = hash('sha256', JSON.stringify([clientId, operation, key]), 'hex');
  return uuidOfHex(`${hex.slice(0, 12)}8${hex.slice(13, 16)}a${hex.slice(17)}`);
};
