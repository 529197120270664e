import { Controller, Get, Inject, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { Public } from '@registry/access';
import { METRICS, type Metrics } from '@registry/observability';
import type { FastifyReply } from 'fastify';
import { Emits } from './emits.decorator.js';

/** For Prometheus. Numbers only, and nobody's; a proxy in front keeps it from outside all the same. */
@ApiExcludeController()
@Controller('metrics')
@Public()
export class MetricsController {
  constructor(@Inject(METRICS) private readonly metrics: Metrics) {}

  @Get()
  @Emits('nothing')
  read(@Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    void reply.header('content-type', this.metrics.contentType);
    return this.metrics.text();
  }
}
