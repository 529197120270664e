import type { DynamicModule, Type } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { AccessGuard } from '@registry/access';
import { HealthController, MetricsController, READINESS_CHECKS, type ReadinessCheck } from '@registry/http';
import { DeadLetterController } from './dead-letter.controller.js';
import { RuntimeLifecycle } from './runtime-lifecycle.js';
import { RuntimeModule, type RuntimeOptions } from './runtime.module.js';

/** The module of a service: the ports, who may come in, what operators ask of every service, and the contexts that it serves. */
export const serviceModule = (
  module: Type,
  options: RuntimeOptions,
  contexts: NonNullable<DynamicModule['imports']>,
): DynamicModule => ({
  module,
  imports: [RuntimeModule.forRoot(options), ...contexts],
  controllers: [HealthController, MetricsController, DeadLetterController],
  providers: [
    { provide: APP_GUARD, useClass: AccessGuard },
    {
      provide: READINESS_CHECKS,
      useFactory: (lifecycle: RuntimeLifecycle): ReadinessCheck[] => [() => lifecycle.missing()],
      inject: [RuntimeLifecycle],
    },
  ],
});
