import { Controller, Get, Inject, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Public } from '@registry/access';
import type { FastifyReply } from 'fastify';
import { Emits } from './emits.decorator.js';
import { problem, PROBLEM_MEDIA_TYPE, type Problem } from './problem.js';

/** Asks a part of the process whether it can serve; resolves with a code for what is missing, or undefined. */
export type ReadinessCheck = () => Promise<string | undefined>;
export const READINESS_CHECKS = Symbol('ReadinessChecks');

@ApiTags('health')
@Controller('health')
@Public()
export class HealthController {
  constructor(@Inject(READINESS_CHECKS) private readonly checks: readonly ReadinessCheck[]) {}

  /** The process runs. */
  @Get('live')
  @Emits('nothing')
  live(): { readonly status: 'live' } {
    return { status: 'live' };
  }

  /** The process can serve: its store answers and its consumers have caught up. Not being ready is an answer, not a failure. */
  @Get('ready')
  @Emits('nothing')
  async ready(
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<{ readonly status: 'ready' } | Problem> {
    for (const check of this.checks) {
      if ((await check()) === undefined) continue;
      void reply.status(503).header('retry-after', '1').header('content-type', PROBLEM_MEDIA_TYPE);
      return problem(503);
    }
    return { status: 'ready' };
  }
}
