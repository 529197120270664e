import 'reflect-metadata';
import { runService } from '@registry/runtime';
import { RemindersAppModule } from './reminders-app.module.js';

runService({
  name: 'Reminders',
  profile: 'distributed',
  module: (options) => RemindersAppModule.forRoot(options),
});
