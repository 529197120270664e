import 'reflect-metadata';
import { runService } from '@registry/runtime';
import { QueryAppModule } from './query-app.module.js';

runService({ name: 'Query', writes: false, module: (options) => QueryAppModule.forRoot(options) });
