import { Module, type DynamicModule } from '@nestjs/common';
import { CallersModule, DirectoryModule } from '@registry/directory-feature';
import { IdentityModule } from '@registry/identity-feature';
import { IngestionModule } from '@registry/ingestion-feature';
import { PrivacyModule } from '@registry/privacy-feature';
import { GateModule } from '@registry/privacy-gate';
import { QueryModule, RecordsModule, SubscriptionModule } from '@registry/query-feature';
import { RemindersModule } from '@registry/reminders-feature';
import { CONTEXTS, serviceModule, type ServiceOptions } from '@registry/runtime';

interface RegistryOptions extends ServiceOptions {
  /** JavaScript file of the thread that projects records; without one the main thread does. */
  readonly recordThread?: string;
}

/** All services in one process, on the engines that the configuration picks. */
@Module({})
export class RegistryModule {
  static forRoot({ recordThread, ...options }: RegistryOptions): DynamicModule {
    return serviceModule(RegistryModule, { ...options, service: 'registry', owns: CONTEXTS }, [
      CallersModule,
      RecordsModule.forRoot({ thread: recordThread }),
      GateModule,
      DirectoryModule,
      IngestionModule,
      IdentityModule,
      PrivacyModule,
      QueryModule,
      SubscriptionModule,
      RemindersModule,
    ]);
  }
}
