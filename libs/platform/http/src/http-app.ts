import { ValidationPipe, type Type, type ValidationError, type DynamicModule } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import type { RequestWithCaller } from '@registry/access';
import { NestLogger, type Logger } from '@registry/observability';
import { InvalidInput, ProblemFilter } from './problem.filter.js';
import { checkReleases } from './release-reply.js';

const MAX_BODY_BYTES = 1_048_576;
export const HL7_MEDIA_TYPES = ['application/hl7-v2', 'x-application/hl7-v2+er7', 'text/plain'] as const;

/** A Nest application on Fastify as every service of the registry runs it; not listening yet. */
export const createHttpApp = async (
  module: Type | DynamicModule,
  logger: Logger,
): Promise<NestFastifyApplication> => {
  const adapter = new FastifyAdapter({ bodyLimit: MAX_BODY_BYTES, forceCloseConnections: 'idle' });
  const app = await NestFactory.create<NestFastifyApplication>(module, adapter, {
    logger: new NestLogger(logger),
    abortOnError: false,
  });
  const server = adapter.getInstance();
  // HL7 comes as bytes: its character set is the message's own business.
  for (const type of HL7_MEDIA_TYPES) app.useBodyParser(type, { bodyLimit: MAX_BODY_BYTES });
  app.useGlobalPipes(validation());
  app.useGlobalFilters(new ProblemFilter(logger));
  server.addHook('onRequest', (_request, reply, done) => {
    // Nobody between the registry and its client may keep an answer.
    void reply.header('cache-control', 'no-store');
    done();
  });
  server.addHook('onResponse', (request, reply, done) => {
    logger.info('http.answered', {
      method: request.method,
      // The pattern, not the URL: an id in a URL is nobody's business in a log.
      route: request.routeOptions.url ?? 'unknown',
      status: reply.statusCode,
      milliseconds: Math.round(reply.elapsedTime),
      client: (request as unknown as RequestWithCaller).caller?.clientId,
    });
    done();
  });
  checkReleases(server);
  return app;
};

/** Serves the API description at `/openapi.json`, without a page of its own. */
export const serveOpenApi = (app: NestFastifyApplication): void => {
  const config = new DocumentBuilder()
    .setTitle('Immunization registry')
    .setVersion('1')
    .addBearerAuth({ type: 'http', scheme: 'bearer' }, 'client-key')
    .addSecurityRequirements('client-key')
    .build();
  SwaggerModule.setup('openapi', app, () => SwaggerModule.createDocument(app, config), {
    ui: false,
    raw: ['json'],
    jsonDocumentUrl: 'openapi.json',
  });
};

const validation = (): ValidationPipe =>
  new ValidationPipe({
    transform: true,
    whitelist: true,
    forbidNonWhitelisted: true,
    forbidUnknownValues: true,
    validationError: { target: false, value: false },
    exceptionFactory: (errors) => new InvalidInput(errors.flatMap((error) => placesOf(error, ''))),
  });

const placesOf = (error: ValidationError, parent: string): { path: string; message: string }[] => {
  const path = `${parent}/${error.property}`;
  return [
    // The rule's name, not class-validator's sentence: a custom message could quote the value.
    ...Object.keys(error.constraints ?? {}).map((rule) => ({ path, message: rule })),
    ...(error.children ?? []).flatMap((child) => placesOf(child, path)),
  ];
};
