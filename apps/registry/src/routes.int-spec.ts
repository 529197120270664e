import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Controller, Get, Module, Post, RequestMethod, type DynamicModule, type Type } from '@nestjs/common';
import { GUARDS_METADATA, METHOD_METADATA, PATH_METADATA } from '@nestjs/common/constants';
import { MetadataScanner, ModulesContainer } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { INDIVIDUAL, Public, PUBLIC, Roles, ROLES } from '@registry/access';
import { createHttpApp, Emits, EMITS, serveOpenApi } from '@registry/http';
import { createLogger } from '@registry/observability';
import { readConfiguration } from '@registry/runtime';
import { RegistryModule } from './registry.module.js';

interface Handler {
  /** `GET /persons/:id` */
  readonly route: string;
  readonly emits: unknown;
  readonly roles: unknown;
  readonly isPublic: boolean;
  /** For a person who proved who it is, by the guard that goes with it. */
  readonly isIndividual: boolean;
}

const joined = (...parts: readonly string[]): string => {
  const path = parts
    .flatMap((part) => part.split('/'))
    .filter((part) => part !== '')
    .join('/');
  return `/${path}`;
};

const listOf = (paths: unknown): string[] =>
  Array.isArray(paths) ? paths.map(String) : [typeof paths === 'string' ? paths : ''];

/** Every route that a Nest controller of the application handles, with what it declares. */
const handlersOf = (app: NestFastifyApplication): Handler[] => {
  const scanner = new MetadataScanner();
  const handlers: Handler[] = [];
  for (const module of app.get(ModulesContainer).values()) {
    for (const { metatype } of module.controllers.values()) {
      if (typeof metatype !== 'function') continue;
      const prototype = metatype.prototype as Readonly<Record<string, object>>;
      for (const name of scanner.getAllMethodNames(prototype)) {
        const handler = prototype[name] ?? {};
        const method = Reflect.getMetadata(METHOD_METADATA, handler) as RequestMethod | undefined;
        if (method === undefined) continue;
        const declared = (key: string): unknown =>
          Reflect.getMetadata(key, handler) ?? Reflect.getMetadata(key, metatype);
        for (const prefix of listOf(Reflect.getMetadata(PATH_METADATA, metatype))) {
          for (const path of listOf(Reflect.getMetadata(PATH_METADATA, handler))) {
            handlers.push({
              route: `${RequestMethod[method]} ${joined(prefix, path)}`,
              // On the handler itself: what a whole class emits would hide a new route in it.
              emits: Reflect.getMetadata(EMITS, handler),
              roles: declared(ROLES),
              isPublic: declared(PUBLIC) === true,
              isIndividual: declared(INDIVIDUAL) === true && declared(GUARDS_METADATA) !== undefined,
            });
          }
        }
      }
    }
  }
  return handlers;
};

/** What is wrong with an application's routes; empty if nothing is. */
const faultsOf = (handlers: readonly Handler[], served: readonly string[]): string[] => {
  const faults: string[] = [];
  for (const { route, emits, roles, isPublic, isIndividual } of handlers) {
    if (!['person-data', 'privacy-history', 'nothing'].includes(String(emits)))
      faults.push(`${route} does not declare what it emits`);
    const restricted = Array.isArray(roles) && roles.length > 0;
    if (!restricted && !isPublic && !isIndividual) faults.push(`${route} is neither for roles nor public`);
    if (isPublic && emits !== 'nothing') faults.push(`${route} is public and emits`);
  }
  const declared = new Set(handlers.map(({ route }) => route));
  for (const route of served) {
    // Fastify answers HEAD by the handler of GET.
    if (!declared.has(route.replace(/^HEAD /, 'GET ')))
      faults.push(`${route} is served by nobody who declares`);
  }
  return faults;
};

/** Starts an application as the registry's own is, without listening, and looks at its routes. */
const inspect = async (module: Type | DynamicModule) => {
  const app = await createHttpApp(module, createLogger('silent'));
  const served: string[] = [];
  app
    .getHttpAdapter()
    .getInstance()
    .addHook('onRoute', ({ method, url }) => {
      for (const each of [method].flat()) served.push(`${each} ${url}`);
    });
  serveOpenApi(app);
  await app.init();
  await app.getHttpAdapter().getInstance().ready();
  return { app, handlers: handlersOf(app), served };
};

describe('The routes of the registry', () => {
  const folder = mkdtempSync(join(tmpdir(), 'registry-routes-'));
  let inspected: Awaited<ReturnType<typeof inspect>>;

  beforeAll(async () => {
    const configuration = readConfiguration({ DATA_DIR: folder, LOG_LEVEL: 'silent' });
    const logger = createLogger('silent');
    inspected = await inspect(RegistryModule.forRoot({ configuration, logger }));
  });

  afterAll(async () => {
    await inspected.app.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const DESCRIPTION = ['GET /openapi.json', 'HEAD /openapi.json'];
  const own = () => inspected.served.filter((route) => !DESCRIPTION.includes(route));

  it('declare, each of them, what they emit and who may call', () => {
    expect(inspected.handlers.length).toBeGreaterThan(20);
    expect(faultsOf(inspected.handlers, own())).toEqual([]);
  });

  it('are all served, and nothing else is but the API description', () => {
    const served = new Set(own());
    expect(inspected.handlers.filter(({ route }) => !served.has(route))).toEqual([]);
    expect(inspected.served).toEqual(expect.arrayContaining(DESCRIPTION));
  });

  it('emit person data only through the gate: to readers, to staff at a task, to the person', () => {
    const emitting = (emission: string) =>
      inspected.handlers.filter(({ emits }) => emits === emission).map(({ route }) => route);
    const ofOneself = emitting('person-data').filter((route) => / \/me(\/|$)/.test(route));
    const individual = inspected.handlers
      .filter(({ isIndividual }) => isIndividual)
      .map(({ route }) => route);
    expect(individual).toEqual(expect.arrayContaining(ofOneself));
    expect(individual.filter((route) => !ofOneself.includes(route))).toEqual(['POST /me/disputes']);
    expect(
      emitting('person-data')
        .filter((route) => !ofOneself.includes(route))
        .sort(),
    ).toEqual([
      'GET /persons/:id',
      'POST /persons/attest',
      'POST /persons/search',
      'POST /privacy/requests/:id/handle',
      'POST /privacy/tasks/:id/person',
      'POST /reviews/:id/open',
    ]);
    expect(emitting('privacy-history').sort()).toEqual([
      'GET /audit/attestations',
      'GET /audit/persons/:pseudonym/history',
      'GET /audit/requests/:id',
    ]);
  });

  it('are open to everybody only for health and what describes the interface', () => {
    const open = inspected.handlers.filter(({ isPublic }) => isPublic).map(({ route }) => route);
    expect(open.sort()).toEqual([
      'GET /health/live',
      'GET /health/ready',
      'GET /inbound-keys',
      'GET /metrics',
      'GET /schemas/:name',
    ]);
  });
});

@Controller('planted')
class PlantedController {
  @Get()
  @Roles('reader')
  undeclared(): object {
    return {};
  }

  @Post('unguarded')
  @Emits('nothing')
  unguarded(): object {
    return {};
  }

  @Get('leak')
  @Public()
  @Emits('person-data')
  leak(): object {
    return {};
  }

  @Get('empty')
  @Roles()
  @Emits('nothing')
  forNobody(): object {
    return {};
  }

  @Get('fine')
  @Roles('reader')
  @Emits('nothing')
  fine(): object {
    return {};
  }
}

@Controller('declared-by-class')
@Emits('nothing')
@Roles('reader')
class DeclaredByClassController {
  @Get()
  read(): object {
    return {};
  }
}

@Module({ controllers: [PlantedController, DeclaredByClassController] })
class PlantedModule {}

describe('The check of routes', () => {
  it('finds each planted fault', async () => {
    const { app, handlers, served } = await inspect(PlantedModule);
    expect(faultsOf(handlers, served).sort()).toEqual([
      'GET /declared-by-class does not declare what it emits',
      'GET /openapi.json is served by nobody who declares',
      'GET /planted does not declare what it emits',
      'GET /planted/empty is neither for roles nor public',
      'GET /planted/leak is public and emits',
      'HEAD /openapi.json is served by nobody who declares',
      'POST /planted/unguarded is neither for roles nor public',
    ]);
    await app.close();
  });

  it('finds a route that was put past the controllers', async () => {
    const app = await createHttpApp(PlantedModule, createLogger('silent'));
    const served: string[] = [];
    const server = app.getHttpAdapter().getInstance();
    server.addHook('onRoute', ({ method, url }) => {
      for (const each of [method].flat()) served.push(`${each} ${url}`);
    });
    server.get('/backdoor', () => ({}));
    await app.init();
    expect(faultsOf(handlersOf(app), served)).toEqual(
      expect.arrayContaining(['GET /backdoor is served by nobody who declares']),
    );
    await app.close();
  });
});
