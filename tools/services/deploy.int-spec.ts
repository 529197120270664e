import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { spawnSync } from 'node:child_process';
import { validate } from 'dockerfile-utils';
import { parse } from 'yaml';

const ROOT = join(__dirname, '../..');
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

interface Compose {
  readonly services: Readonly<
    Record<
      string,
      {
        readonly environment?: Readonly<Record<string, unknown>>;
        readonly depends_on?: unknown;
        readonly volumes?: unknown;
      }
    >
  >;
  readonly volumes: Readonly<Record<string, unknown>>;
}

/** What a program says as JSON, in a process of its own because the tools are no CommonJS. */
const said = (program: string): unknown => {
  const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', program], { cwd: ROOT });
  return JSON.parse(stdout.toString());
};

/** What the route table says. */
const asked = (expression: string): unknown =>
  said(`import * as routes from './tools/services/routes.mjs'; console.log(JSON.stringify(${expression}))`);

describe('What is deployed', () => {
  const services = asked('routes.SERVICES') as string[];

  it('is an image that lints', () => {
    expect(validate(read('deploy/Dockerfile'), {})).toEqual([]);
    expect(validate('FROM node:20\nRUNN true\n', {})).not.toEqual([]);
  });

  it('has a program for each service, which compose starts', () => {
    const compose = parse(read('docker-compose.yml'), { merge: true }) as Compose;
    for (const service of services) {
      expect(compose.services[service]?.environment).toMatchObject({
        SERVICE: service,
        PROFILE: 'distributed',
      });
      expect(read(`apps/${service}/src/main.ts`)).toContain('runService(');
    }
    expect(compose.services['proxy']?.depends_on).toEqual(services);
    expect(Object.keys(compose.volumes)).toEqual(
      expect.arrayContaining(['postgres', 'kafka', 'eventstore', 'keys']),
    );
  });

  it('has a proxy that serves the description of all services', () => {
    const [, file] =
      /location = \/openapi\.json \{\s+alias (\S+);\s+default_type application\/json;/.exec(
        read('deploy/nginx.conf'),
      ) ?? [];
    const compose = parse(read('docker-compose.yml'), { merge: true }) as Compose;
    expect(compose.services['proxy']?.volumes).toContainEqual(
      `./docs/contracts/openapi.json:${file ?? ''}:ro`,
    );
  });

  it('has a proxy for development that serves it too', () => {
    const served = said(`
      import { startProxy } from './tools/services/proxy.mjs';
      const proxy = await startProxy({ addressOf: () => 'http://127.0.0.1:1' });
      const answer = await fetch(proxy.url + '/openapi.json');
      console.log(JSON.stringify([answer.headers.get('content-type'), await answer.text()]));
      await proxy.stop();
    `);
    expect(served).toEqual(['application/json', read('docs/contracts/openapi.json')]);
  });

  it('has a proxy that sends each path where the route table does', () => {
    const map = [...read('deploy/nginx.conf').matchAll(/^ {4}~(\S+) (\w+);$/gm)].map(
      ([, pattern = '', service]) => ({
        pattern: new RegExp(pattern),
        service,
      }),
    );
    const openApi = asked(
      `['directory/organizations','hl7','births','deaths','rosters','immunizations','uploads/1','quality','schemas/births',` +
        `'inbound-keys','reviews','privacy/requests','me','me/record','audit/requests/1','persons/1','persons/search','subscription/records',` +
        `'reminders/campaigns','notices/owed','hl7x','meadow','','unknown'].map((path) => ['/' + path, routes.routeOf('/' + path)?.service])`,
    ) as [string, string | null | undefined][];
    for (const [path, service] of openApi) {
      const found = map.filter(({ pattern }) => pattern.test(path)).map((entry) => entry.service);
      expect([path, ...found]).toEqual(service == null ? [path] : [path, service]);
    }
  });
});
