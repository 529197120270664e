import { Module, type DynamicModule } from '@nestjs/common';
import { CallersModule } from '@registry/directory-feature';
import { IdentityModule } from '@registry/identity-feature';
import { GateModule } from '@registry/privacy-gate';
import { RecordsModule } from '@registry/query-feature';
import { serviceModule, type ServiceOptions } from '@registry/runtime';

/** Identity: whose each submission is. */
@Module({})
export class IdentityAppModule {
  static forRoot(options: ServiceOptions): DynamicModule {
    return serviceModule(IdentityAppModule, { ...options, service: 'identity', owns: ['identity'] }, [
      CallersModule,
      RecordsModule.forRoot(),
      GateModule,
      IdentityModule,
    ]);
  }
}
