import { Module, type DynamicModule } from '@nestjs/common';
import { CallersModule } from '@registry/directory-feature';
import { IngestionModule } from '@registry/ingestion-feature';
import { serviceModule, type ServiceOptions } from '@registry/runtime';

/** Ingestion: takes in what upstream sends. */
@Module({})
export class IngestionAppModule {
  static forRoot(options: ServiceOptions): DynamicModule {
    return serviceModule(IngestionAppModule, { ...options, service: 'ingestion', owns: ['ingestion'] }, [
      CallersModule,
      IngestionModule,
    ]);
  }
}
