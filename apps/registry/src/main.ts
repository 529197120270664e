import 'reflect-metadata';
import { join } from 'node:path';
import { DirectorySetup, prepareDirectory } from '@registry/directory-feature';
import { runService } from '@registry/runtime';
import { RegistryModule } from './registry.module.js';

runService({
  name: 'Registry',
  holdsFolder: true,
  module: (options) =>
    RegistryModule.forRoot({ ...options, recordThread: join(__dirname, 'record-thread.js') }),
  prepare: (app, configuration) => prepareDirectory(app.get(DirectorySetup), configuration),
});
