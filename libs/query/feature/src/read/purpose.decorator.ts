import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { PURPOSES, type PurposeOfUse } from '@registry/contracts';
import { InvalidInput } from '@registry/http';

const HEADER = 'x-purpose-of-use';

/** The stated purpose of use; every request for person data must state one. */
export const Purpose = createParamDecorator((_data: unknown, context: ExecutionContext): PurposeOfUse => {
  const { headers } = context.switchToHttp().getRequest<{ headers: Record<string, unknown> }>();
  const stated = headers[HEADER];
  const purpose = PURPOSES.find((known) => known === stated);
  if (purpose === undefined) throw new InvalidInput([{ path: `/headers/${HEADER}`, message: 'isIn' }]);
  return purpose;
});
