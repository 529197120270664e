// `npm start`: the registry in this very process, so that signals, exit code and memory are its own.
import { createRequire } from 'node:module';
import { build, isStale } from './build.mjs';

if (isStale()) {
  console.error('Building, because sources have changed …');
  const code = build();
  if (code !== 0) process.exit(code);
}

// It is CommonJS, and starts when it is loaded.
createRequire(import.meta.url)('../apps/registry/dist/main.js');
