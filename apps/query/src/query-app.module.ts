import { Module, type DynamicModule } from '@nestjs/common';
import { CallersModule } from '@registry/directory-feature';
import { GateModule } from '@registry/privacy-gate';
import { QueryModule, RecordsModule, SubscriptionModule } from '@registry/query-feature';
import { serviceModule, type ServiceOptions } from '@registry/runtime';

/**
 * The query service on its own. Distributed, it projects the records that it reads; embedded, it reads through a gate of its own from what
 * a registry on the same data folder projects.
 */
@Module({})
export class QueryAppModule {
  static forRoot(options: ServiceOptions): DynamicModule {
    const isDistributed = options.configuration.PROFILE === 'distributed';
    return serviceModule(
      QueryAppModule,
      { ...options, service: 'query', owns: isDistributed ? ['query'] : [] },
      [
        CallersModule,
        RecordsModule.forRoot(),
        GateModule,
        QueryModule,
        // Whom to tell is decided where records are projected.
        ...(isDistributed ? [SubscriptionModule] : []),
      ],
    );
  }
}
