import type { DynamicModule } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createHttpApp, serveOpenApi } from '@registry/http';
import { createLogger, Metrics, startTracing, stopTracing, type Logger } from '@registry/observability';
import { InvalidConfiguration, readConfiguration, type Configuration } from './configuration.js';
import { holdDataFolder } from './data-folder.js';

export interface ServiceDefinition {
  readonly name: string;
  /** Is the data folder its own? Then it holds the folder against a second one. */
  readonly holdsFolder?: boolean;
  /** The one profile that it can run in. */
  readonly profile?: Configuration['PROFILE'];
  readonly module: (options: {
    readonly configuration: Configuration;
    readonly logger: Logger;
    readonly metrics: Metrics;
  }) => DynamicModule;
  /** Once all consumers run and before the first request. */
  readonly prepare?: (app: NestFastifyApplication, configuration: Configuration) => Promise<void>;
}

/** Exit code of a wrong configuration, as sysexits has it. */
const EX_CONFIG = 78;

/** What requests under way get to end after SIGTERM. */
const DRAIN_MS = 3_500;
const IDLE_POLL_MS = 50;

/** Runs a service from the environment's configuration until it is told to stop. */
export const runService = (service: ServiceDefinition): void => {
  start(service).catch((error: unknown) => {
    if (isConfigurationError(error)) {
      process.stderr.write(`${error.message}\n`);
      process.exit(EX_CONFIG);
    }
    process.stderr.write(`${service.name} could not start: ${reasonOf(error)}\n`);
    process.exit(1);
  });
};

const start = async ({
  name,
  holdsFolder = false,
  profile,
  module,
  prepare,
}: ServiceDefinition): Promise<void> => {
  const began = performance.now();
  const configuration = readConfiguration(process.env);
  if (profile !== undefined && configuration.PROFILE !== profile)
    throw new InvalidConfiguration(
      `${name} runs with PROFILE=${profile} only; npm start has all services in one`,
    );
  const folder = holdsFolder ? holdDataFolder(configuration.DATA_DIR) : undefined;
  const logger = createLogger(configuration.LOG_LEVEL);
  startTracing({ service: name.toLowerCase(), endpoint: configuration.OTEL_EXPORTER_OTLP_ENDPOINT });
  const metrics = new Metrics(name.toLowerCase());
  const app = await createHttpApp(module({ configuration, logger, metrics }), logger, {
    trustedProxies: configuration.trustedProxies,
    metrics,
  });
  serveOpenApi(app);
  await app.init();
  await prepare?.(app, configuration);
  await app.listen(configuration.PORT, configuration.HOST);
  const url = await app.getUrl();
  logger.info('service.listening', {
    service: name,
    url,
    milliseconds: Math.round(performance.now() - began),
  });
  process.stdout.write(`${name} is listening on ${url}\n`);

  let stopping = false;
  const stop = (): void => {
    if (stopping) return;
    stopping = true;
    // Requests under way are answered first; one that does not end by itself is not waited for.
    const server = app.getHttpServer();
    // A kept-alive connection is idle again only after its answer.
    setInterval(() => server.closeIdleConnections(), IDLE_POLL_MS).unref();
    setTimeout(() => server.closeAllConnections(), DRAIN_MS).unref();
    void app
      .close()
      .finally(stopTracing)
      .finally(() => {
        folder?.release();
        process.exit(0);
      });
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
};

/** A port in use or a database that is away needs no stack; what nobody foresaw does. */
const reasonOf = (error: unknown): string => {
  if (!(error instanceof Error)) return 'unknown';
  if (!('code' in error)) return error.stack ?? error.message;
  const [line = ''] = error.message.split('\n', 1);
  const code = String(error.code);
  return line.includes(code) ? line : `${code} ${line}`;
};

const isConfigurationError = (error: unknown): error is Error =>
  error instanceof Error && 'code' in error && String(error.code).startsWith('CONFIGURATION.');
