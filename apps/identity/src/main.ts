import 'reflect-metadata';
import { runService } from '@registry/runtime';
import { IdentityAppModule } from './identity-app.module.js';

runService({
  name: 'Identity',
  profile: 'distributed',
  module: (options) => IdentityAppModule.forRoot(options),
});
