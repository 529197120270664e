import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createHttpApp, describeApi } from '@registry/http';
import { createLogger } from '@registry/observability';
import { readConfiguration } from '@registry/runtime';
import { RegistryModule } from './registry.module.js';

const MERGED = join(__dirname, '../../../docs/contracts/openapi.json');

type Description = Pick<ReturnType<typeof describeApi>, 'paths' | 'components'>;

const routesOf = ({ paths }: Description): string[] =>
  Object.entries(paths)
    .flatMap(([path, methods]) => Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`))
    .sort();

/** What each service has for its operators, and no proxy lets out. */
const OF_OPERATORS = /^\w+ \/(health|metrics|dead-letters)(\/|$)/;

describe('The API description of the services together', () => {
  const folder = mkdtempSync(join(tmpdir(), 'registry-openapi-'));
  const merged = JSON.parse(readFileSync(MERGED, 'utf8')) as Description;
  let embedded: Description;

  beforeAll(async () => {
    const configuration = readConfiguration({ DATA_DIR: folder, LOG_LEVEL: 'silent' });
    const logger = createLogger('silent');
    const app = await createHttpApp(RegistryModule.forRoot({ configuration, logger }), logger);
    embedded = JSON.parse(JSON.stringify(describeApi(app))) as Description;
    await app.close();
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('has the paths and methods of the embedded registry, but for what is of operators', () => {
    const routes = routesOf(embedded);
    const ofOperators = routes.filter((route) => OF_OPERATORS.test(route));
    expect(ofOperators).toEqual([
      'GET /dead-letters',
      'GET /health/live',
      'GET /health/ready',
      'POST /dead-letters/{group}/replay',
    ]);
    expect(routesOf(merged)).toEqual(routes.filter((route) => !OF_OPERATORS.test(route)));
    expect(routesOf(merged).length).toBeGreaterThan(60);
  });

  it('says the same of each of them', () => {
    for (const [path, methods] of Object.entries(merged.paths)) expect(methods).toEqual(embedded.paths[path]);
    expect(merged.components).toEqual(embedded.components);
  });
});
