import { Catch, HttpException, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import { TooManyRequests } from '@registry/access';
import { errorCode, type Logger } from '@registry/observability';
import type { FastifyReply } from 'fastify';
import { problem, PROBLEM_MEDIA_TYPE, type Problem } from './problem.js';

/** Turns whatever was thrown into a problem. An exception's text never reaches a client. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(private readonly logger: Logger) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    const answer = problemOf(error);
    if (answer.status >= 500)
      this.logger.error('http.failed', { status: answer.status, code: errorCode(error) });
    if (answer.status === 503) void reply.header('retry-after', '1');
    if (error instanceof TooManyRequests) void reply.header('retry-after', String(error.retryAfterSeconds));
    void reply.status(answer.status).header('content-type', PROBLEM_MEDIA_TYPE).send(JSON.stringify(answer));
  }
}

/** Input that the global validation pipe refused: places and rules, no values. */
export class InvalidInput extends HttpException {
  constructor(readonly errors: NonNullable<Problem['errors']>) {
    super('Invalid input', 400);
  }
}

const problemOf = (error: unknown): Problem => {
  if (error instanceof InvalidInput) return problem(400, { code: 'INPUT.INVALID', errors: error.errors });
  if (error instanceof TooManyRequests) return problem(429, { code: error.code });
  if (error instanceof HttpException) return problem(error.getStatus());
  const code = errorCode(error);
  if (/^(STORE|KEYS|READ_MODEL|GATE)\./.test(code)) return problem(503);
  // Errors of the HTTP server itself, such as a body that is too large, carry their status.
  if (code.startsWith('FST_') || code === 'ERR_BODY_TOO_LARGE') return problem(statusOfServerError(error));
  if (/^[A-Z]+\.[A-Z_]+$/.test(code)) return problem(statusOfRule(code), { code });
  return problem(500);
};

/** A client's fault as the server itself has it, else 500. */
export const statusOfServerError = (error: unknown): number => {
  const status = (error as { statusCode?: unknown }).statusCode;
  return typeof status === 'number' && status >= 400 && status < 500 ? status : 500;
};

/** A domain rule refused a command: its stable code says which kind of refusal it is. */
const statusOfRule = (code: string): number => {
  if (/_(UNKNOWN|MISSING)$/.test(code)) return 404;
  if (/(EXISTS|ALREADY_DECIDED|NOT_VERIFIED|CLOSED|REVOKED|MERGED|NEEDED|DISPUTED)$/.test(code)) return 409;
  return 422;
};
