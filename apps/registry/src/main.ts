import 'reflect-metadata';
import { join } from 'node:path';
import { DirectorySetup } from '@registry/directory-feature';
import { runService } from '@registry/runtime';
import { RegistryModule } from './registry.module.js';

runService({
  name: 'Registry',
  writes: true,
  module: (options) =>
    RegistryModule.forRoot({ ...options, recordThread: join(__dirname, 'record-thread.js') }),
  prepare: async (app, configuration) => {
    const setup = app.get(DirectorySetup);
    if (configuration.REGISTRY_DEMO) {
      await setup.demonstration();
      process.stdout.write(
        'Demonstration keys, which everybody knows, are let in: never use them with real data\n',
      );
      return;
    }
    const key = await setup.firstAdministrator();
    // The one place where a key is shown, and not a log line, which would be kept.
    if (key !== undefined) process.stdout.write(`First administrator's key, shown only now: ${key}\n`);
  },
});
