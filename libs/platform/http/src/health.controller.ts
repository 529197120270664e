import { Controller, Get, Inject, ServiceUnavailableException } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Public } from '@registry/access';
import { Emits } from './emits.decorator.js';

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

  /** The process can serve: its store answers and its consumers have caught up. */
  @Get('ready')
  @Emits('nothing')
  async ready(): Promise<{ readonly status: 'ready' }> {
    for (const check of this.checks) {
      if ((await check()) !== undefined) throw new ServiceUnavailableException();
    }
    return { status: 'ready' };
  }
}
