import {
  createParamDecorator,
  Injectable,
  UnauthorizedException,
  type CanActivate,
  type ExecutionContext,
} from '@nestjs/common';
import { RequestLimits } from '@registry/access';
import { OwnAccess, type Individual } from './own-access.js';

interface RequestOfIndividual {
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly ip: string;
  individual?: Individual;
}

const BEARER = /^Bearer (\S{1,200})$/;

/** Lets in who holds a token of the own view. Wrong ones are counted by source, as wrong client keys are. */
@Injectable()
export class IndividualGuard implements CanActivate {
  constructor(
    private readonly access: OwnAccess,
    private readonly limits: RequestLimits,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<RequestOfIndividual>();
    const { authorization } = request.headers;
    const [, token] = typeof authorization === 'string' ? (BEARER.exec(authorization) ?? []) : [];
    if (token === undefined) throw new UnauthorizedException();
    await this.limits.beforeKey(request.ip);
    const individual = await this.access.identify(token);
    if (individual === undefined) {
      await this.limits.afterWrongKey(request.ip);
      throw new UnauthorizedException();
    }
    request.individual = individual;
    return true;
  }
}

/** Who looks, as a parameter of a controller's method. */
export const CurrentIndividual = createParamDecorator(
  (_data: unknown, context: ExecutionContext): Individual => {
    const { individual } = context.switchToHttp().getRequest<RequestOfIndividual>();
    if (individual === undefined) throw new UnauthorizedException();
    return individual;
  },
);
