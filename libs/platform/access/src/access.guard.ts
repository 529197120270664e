import {
  BadRequestException,
  ForbiddenException,
  Inject,
  Injectable,
  UnauthorizedException,
  type CanActivate,
  type ExecutionContext,
} from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { ClientRole } from '@registry/contracts';
import { INDIVIDUAL, PUBLIC, ROLES, type RequestWithCaller } from './access.decorators.js';
import { hashApiKey } from './api-key.js';
import { CALLER_DIRECTORY, type Caller, type CallerDirectory } from './caller.js';
import { RequestLimits } from './limits/request-limits.js';

/**
 * Authenticates `authorization: Bearer <client key>`, counts the request, and checks the route's roles. Default deny. For whom
 * a client acts (`x-user-id`) it only takes down: whether that user may is decided at the gate, with everything else.
 */
@Injectable()
export class AccessGuard implements CanActivate {
  constructor(
    @Inject(Reflector) private readonly reflector: Reflector,
    @Inject(CALLER_DIRECTORY) private readonly callers: CallerDirectory,
    @Inject(RequestLimits) private readonly limits: RequestLimits,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const targets = [context.getHandler(), context.getClass()];
    if (this.reflector.getAllAndOverride<boolean | undefined>(PUBLIC, targets) === true) return true;
    // It has a guard of its own, which looks after this one.
    if (this.reflector.getAllAndOverride<boolean | undefined>(INDIVIDUAL, targets) === true) return true;

    const request = context.switchToHttp().getRequest<RequestWithCaller>();
    const caller = await this.authenticate(request);
    // Also of one that is refused below the log should say who it was.
    request.caller = caller;
    const roles = this.reflector.getAllAndOverride<ClientRole[] | undefined>(ROLES, targets) ?? [];
    await this.limits.admit(caller, roles);
    if (!roles.some((role) => caller.roles.includes(role))) throw new ForbiddenException();
    const userId = statedUser(request.headers[USER_HEADER]);
    // Decides the gate too; here it is an answer that says what is missing, the same whomever the request is about.
    if (caller.actsForUsers === true && userId === undefined && roles.includes('reader'))
      throw new BadRequestException();
    if (userId !== undefined) request.caller = { ...caller, userId };
    return true;
  }

  /** @throws UnauthorizedException @throws TooManyRequests */
  private async authenticate({ headers, ip }: RequestWithCaller): Promise<Caller> {
    const { authorization } = headers;
    const [, key] = typeof authorization === 'string' ? (BEARER.exec(authorization) ?? []) : [];
    // Nothing was tried, so nothing is counted: a scan without keys must not lock out who shares its address.
    if (key === undefined) throw new UnauthorizedException();
    await this.limits.beforeKey(ip);
    const caller = await this.callers.identify(hashApiKey(key));
    if (caller !== undefined) return caller;
    await this.limits.afterWrongKey(ip);
    throw new UnauthorizedException();
  }
}

const BEARER = /^Bearer (\S{1,200})$/;

export const USER_HEADER = 'x-user-id';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

const statedUser = (header: string | string[] | undefined): string | undefined => {
  if (header === undefined) return undefined;
  if (typeof header !== 'string' || !UUID.test(header)) throw new BadRequestException();
  return header;
};
