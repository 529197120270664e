import { Module, type DynamicModule } from '@nestjs/common';
import { CallersModule } from '@registry/directory-feature';
import { GateModule } from '@registry/privacy-gate';
import { RecordsModule } from '@registry/query-feature';
import { RemindersModule } from '@registry/reminders-feature';
import { serviceModule, type ServiceOptions } from '@registry/runtime';

/** Reminders: due lists worked off, notices of participation. */
@Module({})
export class RemindersAppModule {
  static forRoot(options: ServiceOptions): DynamicModule {
    return serviceModule(RemindersAppModule, { ...options, service: 'reminders', owns: ['reminders'] }, [
      CallersModule,
      RecordsModule.forRoot(),
      GateModule,
      RemindersModule,
    ]);
  }
}
