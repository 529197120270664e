// `npm run contracts`: writes docs/contracts/openapi.json, the API of the registry as services of their own, from the services' own descriptions. The proxy
// serves it: no service knows of the others. Each service is made, on engines in a temporary folder, and never started.
//   --check     writes nothing; exits 1 if the file is not what the services say (CI)
import 'reflect-metadata';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createHttpApp, describeApi } from '@registry/http';
import { createLogger, Metrics } from '@registry/observability';
import { readConfiguration } from '@registry/runtime';
import prettier from 'prettier';
import { mergeDescriptions } from './services/openapi.mjs';
import { SERVICES } from './services/routes.mjs';

const ROOT = join(import.meta.dirname, '..');
const FILE = join(ROOT, 'docs/contracts/openapi.json');
const { values: options } = parseArgs({ options: { check: { type: 'boolean' } } });

const folder = mkdtempSync(join(tmpdir(), 'openapi-'));
const configuration = readConfiguration({
  PROFILE: 'distributed',
  EVENT_STORE: 'sqlite',
  READ_MODELS: 'sqlite',
  CONTENT_KEYS: 'sqlite',
  MESSAGING: 'embedded',
  DATA_DIR: folder,
  LOG_LEVEL: 'silent',
});
const logger = createLogger('silent');

const describe = async (app, file, module) => {
  const { [module]: Module } = await import(join(ROOT, `apps/${app}/dist/${file}.js`));
  const made = await createHttpApp(
    Module.forRoot({ configuration, logger, metrics: new Metrics(app) }),
    logger,
  );
  const description = describeApi(made);
  await made.close();
  return description;
};

// Makes the read models of all: a service opens some of others.
await describe('registry', 'registry.module', 'RegistryModule');
const descriptions = new Map();
for (const service of SERVICES) {
  const module = `${service[0].toUpperCase()}${service.slice(1)}AppModule`;
  descriptions.set(service, await describe(service, `${service}-app.module`, module));
}
rmSync(folder, { recursive: true });

const text = await prettier.format(JSON.stringify(mergeDescriptions(descriptions)), {
  ...(await prettier.resolveConfig(FILE)),
  filepath: FILE,
});
if (!options.check) writeFileSync(FILE, text);
else if (text !== readFileSync(FILE, 'utf8')) {
  console.error('docs/contracts/openapi.json is not what the services say: run `npm run contracts`');
  process.exitCode = 1;
}
