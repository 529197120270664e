import 'reflect-metadata';
import { runService } from '@registry/runtime';
import { QueryAppModule } from './query-app.module.js';

runService({ name: 'Query', module: (options) => QueryAppModule.forRoot(options) });
