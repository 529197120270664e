import { Module, type DynamicModule } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { AccessGuard } from '@registry/access';
import { CallersModule, DirectoryModule } from '@registry/directory-feature';
import { HealthController, READINESS_CHECKS, type ReadinessCheck } from '@registry/http';
import { IdentityModule } from '@registry/identity-feature';
import { IngestionModule } from '@registry/ingestion-feature';
import { PrivacyModule } from '@registry/privacy-feature';
import { GateModule } from '@registry/privacy-gate';
import { QueryModule, RecordsModule } from '@registry/query-feature';
import { RemindersModule } from '@registry/reminders-feature';
import { CONTEXTS, RuntimeLifecycle, RuntimeModule, type RuntimeOptions } from '@registry/runtime';
import { DeadLetterController } from './dead-letter.controller.js';

interface RegistryOptions extends Omit<RuntimeOptions, 'owns'> {
  /** JavaScript file of the thread that projects records; without one the main thread does. */
  readonly recordThread?: string;
}

/** All services in one process, on the engines that the configuration picks. */
@Module({})
export class RegistryModule {
  static forRoot({ recordThread, ...options }: RegistryOptions): DynamicModule {
    return {
      module: RegistryModule,
      imports: [
        RuntimeModule.forRoot({ ...options, owns: CONTEXTS }),
        CallersModule,
        RecordsModule.forRoot({ thread: recordThread }),
        GateModule,
        DirectoryModule,
        IngestionModule,
        IdentityModule,
        PrivacyModule,
        QueryModule,
        RemindersModule,
      ],
      controllers: [HealthController, DeadLetterController],
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
