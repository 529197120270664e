import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { DynamicModule, Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import type { RequestWithCaller } from '@registry/access';
import {
  isTracing,
  NestLogger,
  startRequestSpan,
  type Logger,
  type Metrics,
  type RequestSpan,
} from '@registry/observability';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { BodyPipe } from './body.pipe.js';
import { problem, PROBLEM_MEDIA_TYPE } from './problem.js';
import { ProblemFilter, statusOfServerError } from './problem.filter.js';
import { checkReleases } from './release-reply.js';
import { answerAfterTheBody } from './unread-body.js';

const MAX_BODY_BYTES = 1_048_576;
/** An HL7 batch holds some thousand messages. */
const MAX_HL7_BYTES = 8 * MAX_BODY_BYTES;
/** A file of rows is read as it comes, so its size costs time and no memory. */
const MAX_STREAM_BYTES = 4 * 2 ** 30;
export const STREAMED_MEDIA_TYPES = ['application/x-ndjson', 'application/ndjson', 'text/csv'] as const;
export const HL7_MEDIA_TYPES = ['application/hl7-v2', 'x-application/hl7-v2+er7', 'text/plain'] as const;

export interface HttpOptions {
  /** Addresses and networks of proxies whose `x-forwarded-for` is believed. None: a request's source is whoever connected. */
  readonly trustedProxies?: readonly string[];
  /** Where answers are counted. */
  readonly metrics?: Metrics;
}

/** A Nest application on Fastify as every service of the registry runs it; not listening yet. */
export const createHttpApp = async (
  module: Type | DynamicModule,
  logger: Logger,
  { trustedProxies = [], metrics }: HttpOptions = {},
): Promise<NestFastifyApplication> => {
  const adapter = new FastifyAdapter({
    bodyLimit: MAX_BODY_BYTES,
    forceCloseConnections: 'idle',
    trustProxy: trustedProxies.length === 0 ? false : [...trustedProxies],
    // Whoever still asks while the service stops is answered, and told that the connection ends.
    return503OnClosing: false,
    frameworkErrors: answerUnroutable,
    clientErrorHandler: answerUnreadable,
  });
  const app = await NestFactory.create<NestFastifyApplication>(module, adapter, {
    logger: new NestLogger(logger),
    abortOnError: false,
  });
  const server = adapter.getInstance();
  // HL7 comes as bytes: its character set is the message's own business.
  for (const type of HL7_MEDIA_TYPES) app.useBodyParser(type, { bodyLimit: MAX_HL7_BYTES });
  server.addContentTypeParser(
    [...STREAMED_MEDIA_TYPES],
    { bodyLimit: MAX_STREAM_BYTES },
    (_request, body, done) => done(null, body),
  );
  app.useGlobalPipes(new BodyPipe());
  app.useGlobalFilters(new ProblemFilter(logger));
  if (isTracing()) trace(server);
  server.addHook('onRequest', (_request, reply, done) => {
    // Nobody between the registry and its client may keep an answer.
    void reply.header('cache-control', 'no-store');
    done();
  });
  server.addHook('onResponse', (request, reply, done) => {
    metrics?.answered(
      request.method,
      request.routeOptions.url ?? 'unknown',
      reply.statusCode,
      reply.elapsedTime / 1_000,
    );
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
  answerAfterTheBody(server);
  checkReleases(server);
  return app;
};

/** A span for each request, first of all hooks, so that everything happens within. */
const trace = (server: FastifyInstance): void => {
  const spans = new WeakMap<FastifyRequest, RequestSpan>();
  server.addHook('onRequest', (request, _reply, done) => {
    const span = startRequestSpan(request.method, request.headers['traceparent']);
    spans.set(request, span);
    span.run(done);
  });
  server.addHook('onResponse', (request, reply, done) => {
    spans.get(request)?.end(request.routeOptions.url ?? 'unknown', reply.statusCode);
    done();
  });
};

/** The application's routes as OpenAPI has it. */
export const describeApi = (app: NestFastifyApplication): OpenAPIObject => {
  const config = new DocumentBuilder()
    .setTitle('Immunization registry')
    .setVersion('1')
    .addBearerAuth({ type: 'http', scheme: 'bearer' }, 'client-key')
    .addSecurityRequirements('client-key')
    .build();
  return SwaggerModule.createDocument(app, config);
};

/** Serves the API description at `/openapi.json`, without a page of its own. */
export const serveOpenApi = (app: NestFastifyApplication): void => {
  SwaggerModule.setup('openapi', app, () => describeApi(app), {
    ui: false,
    raw: ['json'],
    jsonDocumentUrl: 'openapi.json',
  });
};

/** What the server refuses before there is a route, such as a URL that does not decode: its own answer quotes the URL. */
const answerUnroutable = (error: Error, _request: unknown, reply: FastifyReply): void => {
  const status = statusOfServerError(error);
  void reply
    .status(status)
    .headers({ 'cache-control': 'no-store', 'content-type': PROBLEM_MEDIA_TYPE })
    .send(JSON.stringify(problem(status)));
};

/** What is no HTTP, or too much of it: there is no request to reply to, so the answer is written to the socket. */
const answerUnreadable = (error: Error & { readonly code?: string }, socket: Socket): void => {
  // Each piece that follows what could not be read cannot be read either.
  if (error.code === 'ECONNRESET' || socket.destroyed || socket.writableEnded) return;
  const status = UNREADABLE[error.code ?? ''] ?? 400;
  const body = JSON.stringify(problem(status));
  socket.end(
    [
      `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`,
      'cache-control: no-store',
      `content-type: ${PROBLEM_MEDIA_TYPE}`,
      `content-length: ${Buffer.byteLength(body)}`,
      'connection: close',
      '',
      body,
    ].join('\r\n'),
  );
  // Destroyed at once, with something unread, it would take the answer from a client that is still sending.
  setTimeout(() => socket.destroy(), UNREADABLE_LINGERS_MS).unref();
};

const UNREADABLE_LINGERS_MS = 2_000;
const UNREADABLE: Readonly<Record<string, number>> = {
  ERR_HTTP_REQUEST_TIMEOUT: 408,
  HPE_HEADER_OVERFLOW: 431,
};
