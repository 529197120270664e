import { Module, type DynamicModule } from '@nestjs/common';
import { CallersModule, DirectoryModule } from '@registry/directory-feature';
import { serviceModule, type ServiceOptions } from '@registry/runtime';

/** The directory: organizations with their sites, agreements, clients and users, and whom they serve. */
@Module({})
export class DirectoryAppModule {
  static forRoot(options: ServiceOptions): DynamicModule {
    return serviceModule(DirectoryAppModule, { ...options, service: 'directory', owns: ['directory'] }, [
      CallersModule,
      DirectoryModule,
    ]);
  }
}
