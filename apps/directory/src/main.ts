import 'reflect-metadata';
import { DirectorySetup, prepareDirectory } from '@registry/directory-feature';
import { runService } from '@registry/runtime';
import { DirectoryAppModule } from './directory-app.module.js';

runService({
  name: 'Directory',
  profile: 'distributed',
  module: (options) => DirectoryAppModule.forRoot(options),
  prepare: (app, configuration) => prepareDirectory(app.get(DirectorySetup), configuration),
});
