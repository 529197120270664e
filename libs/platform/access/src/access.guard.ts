import {
  ForbiddenException,
  Inject,
  Injectable,
  UnauthorizedException,
  type CanActivate,
  type ExecutionContext,
} from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { ClientRole } from '@registry/contracts';
import { PUBLIC, ROLES, type RequestWithCaller } from './access.decorators.js';
import { hashApiKey } from './api-key.js';
import { CALLER_DIRECTORY, type CallerDirectory } from './caller.js';

/** Authenticates `authorization: Bearer <client key>` and checks the route's roles. Default deny. */
@Injectable()
export class AccessGuard implements CanActivate {
  constructor(
    @Inject(Reflector) private readonly reflector: Reflector,
    @Inject(CALLER_DIRECTORY) private readonly callers: CallerDirectory,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const targets = [context.getHandler(), context.getClass()];
    if (this.reflector.getAllAndOverride<boolean | undefined>(PUBLIC, targets) === true) return true;

    const request = context.switchToHttp().getRequest<RequestWithCaller>();
    const caller = await this.authenticate(request.headers['authorization']);
    if (caller === undefined) throw new UnauthorizedException();
    const roles = this.reflector.getAllAndOverride<ClientRole[] | undefined>(ROLES, targets) ?? [];
    if (!roles.some((role) => caller.roles.includes(role))) throw new ForbiddenException();
    request.caller = caller;
    return true;
  }

  private async authenticate(authorization: string | string[] | undefined) {
    if (typeof authorization !== 'string') return undefined;
    const [, key] = /^Bearer (\S{1,200})$/.exec(authorization) ?? [];
    return key === undefined ? undefined : this.callers.identify(hashApiKey(key));
  }
}
