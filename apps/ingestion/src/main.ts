import 'reflect-metadata';
import { runService } from '@registry/runtime';
import { IngestionAppModule } from './ingestion-app.module.js';

runService({
  name: 'Ingestion',
  profile: 'distributed',
  module: (options) => IngestionAppModule.forRoot(options),
});
