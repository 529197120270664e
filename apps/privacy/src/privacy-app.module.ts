import { Module, type DynamicModule } from '@nestjs/common';
import { CallersModule } from '@registry/directory-feature';
import { PrivacyModule } from '@registry/privacy-feature';
import { GateModule } from '@registry/privacy-gate';
import { RecordsModule } from '@registry/query-feature';
import { serviceModule, type ServiceOptions } from '@registry/runtime';

/** Privacy: settings, the requests that change them, their history, and the individual's own view. */
@Module({})
export class PrivacyAppModule {
  static forRoot(options: ServiceOptions): DynamicModule {
    return serviceModule(PrivacyAppModule, { ...options, service: 'privacy', owns: ['privacy'] }, [
      CallersModule,
      RecordsModule.forRoot(),
      GateModule,
      PrivacyModule,
    ]);
  }
}
