import { Module, type DynamicModule } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { AccessGuard } from '@registry/access';
import { CallersModule } from '@registry/directory-feature';
import { HealthController, READINESS_CHECKS, type ReadinessCheck } from '@registry/http';
import { GateModule } from '@registry/privacy-gate';
import { QueryModule, RecordsModule } from '@registry/query-feature';
import { RuntimeLifecycle, RuntimeModule, type RuntimeOptions } from '@registry/runtime';

/** The query service on its own: reads through a gate of its own from what a registry on the same data folder projects. */
@Module({})
export class QueryAppModule {
  static forRoot(options: Omit<RuntimeOptions, 'owns'>): DynamicModule {
    return {
      module: QueryAppModule,
      imports: [
        RuntimeModule.forRoot({ ...options, owns: [] }),
        CallersModule,
        RecordsModule.forRoot(),
        GateModule,
        QueryModule,
      ],
      controllers: [HealthController],
      providers: [
        { provide: APP_GUARD, useClass: AccessGuard },
        {
          provide: READINESS_CHECKS,
          useFactory: (lifecycle: RuntimeLifecycle): ReadinessCheck[] => [() => lifecycle.missing()],
          inject: [RuntimeLifecycle],
        },
      ],
    };
  }
}
