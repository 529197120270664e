import 'reflect-metadata';
import { runService } from '@registry/runtime';
import { PrivacyAppModule } from './privacy-app.module.js';

runService({
  name: 'Privacy',
  profile: 'distributed',
  module: (options) => PrivacyAppModule.forRoot(options),
});
