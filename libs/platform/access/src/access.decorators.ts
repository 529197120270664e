import {
  applyDecorators,
  createParamDecorator,
  SetMetadata,
  UnauthorizedException,
  UseGuards,
  type CanActivate,
  type ExecutionContext,
  type CustomDecorator,
} from '@nestjs/common';
import type { ClientRole } from '@registry/contracts';
import type { Caller } from './caller.js';

export const ROLES = 'registry:roles';

/** Roles of which the caller must have one. A route without this and without `Public` is closed to everybody. */
export const Roles = (...roles: ClientRole[]): CustomDecorator => SetMetadata(ROLES, roles);

export const PUBLIC = 'registry:public';

/** No key needed: health, the API description. */
export const Public = (): CustomDecorator => SetMetadata(PUBLIC, true);

export const INDIVIDUAL = 'registry:individual';

/** For a person who has proved who it is, not for clients: no client key opens it, the guard given does. */
export const ForIndividual = (guard: new (...args: never[]) => CanActivate) =>
  applyDecorators(SetMetadata(INDIVIDUAL, true), UseGuards(guard));

export interface RequestWithCaller {
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** Where it comes from: the client's address, or the nearest proxy's that is not trusted. */
  readonly ip: string;
  caller?: Caller;
}

/** The authenticated client, as a parameter of a controller's method. */
export const CurrentCaller = createParamDecorator((_data: unknown, context: ExecutionContext): Caller => {
  const { caller } = context.switchToHttp().getRequest<RequestWithCaller>();
  if (caller === undefined) throw new UnauthorizedException();
  return caller;
});
