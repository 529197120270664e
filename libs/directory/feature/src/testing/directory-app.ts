import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { AccessGuard } from '@registry/access';
import { EVENT_STORE, type EventStore } from '@registry/event-store';
import { createHttpApp } from '@registry/http';
import { ConsumerRegistry, MESSAGING, type Messaging, type TopicDeclaration } from '@registry/messaging';
import { createLogger } from '@registry/observability';
import type { ReadModel } from '@registry/persistence';
import { readConfiguration, RuntimeModule } from '@registry/runtime';
import { identityDecisions } from '@registry/testing';
import { CallersModule, DIRECTORY_READ_MODEL } from '../access/callers.module.js';
import { DirectorySetup } from '../demo/directory-setup.js';
import { DirectoryModule } from '../directory.module.js';

@Module({})
class DirectoryAppModule {}

/** What the privacy context publishes of PD1-16, as a test appends it. */
export const signals: TopicDeclaration = {
  ...identityDecisions,
  topic: 'privacy.signals.v1',
  categories: ['signal'],
};

/** What the query context publishes of attestations, as a test appends it. */
export const attestations: TopicDeclaration = {
  ...identityDecisions,
  topic: 'query.attestations.v1',
  categories: ['attestations'],
};

/** A clock that stands where it is put. */
export class SetClock {
  constructor(public instant: string) {}

  now(): Date {
    return new Date(this.instant);
  }
}

export interface Answer {
  readonly status: number;
  readonly json: () => unknown;
}

/** The directory on its own, as a service: its routes, projections and stores, in a folder of its own. */
export class DirectoryApp {
  private constructor(
    private readonly app: NestFastifyApplication,
    private readonly folder: string,
    readonly clock: SetClock,
    private readonly administrator: string,
  ) {}

  static async start(now: string): Promise<DirectoryApp> {
    const folder = mkdtempSync(join(tmpdir(), 'directory-'));
    const clock = new SetClock(now);
    const logger = createLogger('silent');
    const configuration = readConfiguration({ DATA_DIR: folder, LOG_LEVEL: 'silent' });
    const app = await createHttpApp(
      {
        module: DirectoryAppModule,
        imports: [
          RuntimeModule.forRoot({ configuration, service: 'directory', owns: ['directory'], clock, logger }),
          CallersModule,
          DirectoryModule,
        ],
        providers: [{ provide: APP_GUARD, useClass: AccessGuard }],
      },
      logger,
    );
    app.get<Messaging>(MESSAGING).declare(identityDecisions);
    app.get<Messaging>(MESSAGING).declare(signals);
    app.get<Messaging>(MESSAGING).declare(attestations);
    await app.init();
    await app.getHttpAdapter().getInstance().ready();
    const key = await app.get(DirectorySetup).firstAdministrator();
    return new DirectoryApp(app, folder, clock, key ?? '');
  }

  get store(): EventStore {
    return this.app.get<EventStore>(EVENT_STORE);
  }

  get readModel(): ReadModel {
    return this.app.get<ReadModel>(DIRECTORY_READ_MODEL);
  }

  get<T>(provider: abstract new (...args: never[]) => T): T {
    return this.app.get<T>(provider, { strict: false });
  }

  /** Resolves when the read model has everything that is in the store now. */
  async projected(): Promise<void> {
    const consumers = this.app.get(ConsumerRegistry);
    const { clock } = this;
    // A marker in the log: once it is looked at, so is what came before.
    const id = `marker-${performance.now()}`;
    await this.store.append('organization-marker', 'any', [
      {
        id,
        type: 'OrganizationEnrolled',
        data: {
          state: {
            organizationId: 'marker',
            name: `${clock.instant} ${id}`,
            category: 'registry-operations',
            status: 'closed',
          },
        },
        metadata: { schemaVersion: 1 },
      },
    ]);
    const deadline = performance.now() + 20_000;
    for (;;) {
      const [row] = await this.readModel.select<{ name: string }>(
        `SELECT name FROM organization WHERE organization_id = 'marker'`,
      );
      if (row?.name.endsWith(id) === true && consumers.behind().length === 0) return;
      if (performance.now() > deadline) throw new Error('The projections never caught up');
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
  }

  async request(
    method: 'GET' | 'POST' | 'PUT',
    path: string,
    json?: object,
    key = this.administrator,
  ): Promise<Answer> {
    const answer = await this.app
      .getHttpAdapter()
      .getInstance()
      .inject({
        method,
        url: `/directory/${path}`,
        headers: { authorization: `Bearer ${key}` },
        ...(json === undefined ? {} : { payload: json }),
      });
    return { status: answer.statusCode, json: () => answer.json<unknown>() };
  }

  /** The body of an answer that must be good. */
  async ask<T>(method: 'GET' | 'POST' | 'PUT', path: string, json?: object, key?: string): Promise<T> {
    const answer = await this.request(method, path, json, key);
    if (answer.status >= 300) throw new Error(`${path}: ${answer.status} ${JSON.stringify(answer.json())}`);
    return answer.json() as T;
  }

  async enrol(category = 'provider', over: object = {}): Promise<string> {
    const body = { name: 'An organization', category, ...over };
    return (await this.ask<{ organizationId: string }>('POST', 'organizations', body)).organizationId;
  }

  async stop(): Promise<void> {
    await this.app.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
