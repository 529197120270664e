import {
  context,
  propagation,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
  type Context,
  type Link,
  type Span,
  type SpanContext,
} from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, NodeTracerProvider, type SpanProcessor } from '@opentelemetry/sdk-trace-node';

/**
 * Traces through HTTP, the event store and Kafka, by OpenTelemetry. A span has codes, routes as patterns, groups and stream categories: no ids of
 * persons, no URLs, nothing of a message. Without an endpoint nothing is measured and nothing costs.
 */

const NAME = 'registry';
let provider: NodeTracerProvider | undefined;

export interface TracingOptions {
  readonly service: string;
  /** Of an OTLP collector over HTTP, such as `http://127.0.0.1:4318`. Empty: no traces. */
  readonly endpoint: string;
  /** For tests: where spans go instead. */
  readonly processor?: SpanProcessor;
}

export const startTracing = ({ service, endpoint, processor }: TracingOptions): void => {
  if (endpoint === '' && processor === undefined) return;
  provider = new NodeTracerProvider({
    resource: resourceFromAttributes({ 'service.name': `registry-${service}` }),
    spanProcessors: [
      processor ??
        new BatchSpanProcessor(new OTLPTraceExporter({ url: `${endpoint.replace(/\/$/, '')}/v1/traces` })),
    ],
  });
  provider.register();
};

/** Sends what is left. */
export const stopTracing = async (): Promise<void> => {
  await provider?.shutdown().catch(() => undefined);
  provider = undefined;
};

export const isTracing = (): boolean => provider !== undefined;

/** Of the span under way, as W3C Trace Context has it. */
export const currentTraceparent = (): string | undefined => {
  if (!isTracing()) return undefined;
  const carrier: Record<string, string> = {};
  propagation.inject(context.active(), carrier);
  return carrier['traceparent'];
};

const parentOf = (traceparent: unknown): Context =>
  typeof traceparent === 'string' ? propagation.extract(ROOT_CONTEXT, { traceparent }) : ROOT_CONTEXT;

export interface RequestSpan {
  /** Runs what follows within the span. */
  readonly run: (next: () => void) => void;
  readonly end: (route: string, status: number) => void;
}

/** The span of a request, which goes on with its sender's trace. */
export const startRequestSpan = (method: string, traceparent: unknown): RequestSpan => {
  const parent = parentOf(traceparent);
  const span = trace.getTracer(NAME).startSpan(method, { kind: SpanKind.SERVER }, parent);
  return {
    run: (next) => context.with(trace.setSpan(parent, span), next),
    end: (route, status) => {
      span.updateName(`${method} ${route}`);
      span.setAttributes({
        'http.request.method': method,
        'http.route': route,
        'http.response.status_code': status,
      });
      if (status >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
      span.end();
    },
  };
};

export interface SpanOptions {
  readonly attributes?: Readonly<Record<string, string | number>>;
  /** What led to it: it goes on with their trace if they are of one, else it is linked to all. */
  readonly causes?: readonly (string | undefined)[];
}

/** Runs work in a span of its own, within the one under way unless there are causes. A failure is marked by its code. */
export const inSpan = async <T>(
  name: string,
  { attributes = {}, causes = [] }: SpanOptions,
  work: () => Promise<T>,
): Promise<T> => {
  if (!isTracing()) return work();
  const known = [...new Set(causes.filter((cause) => cause !== undefined))].flatMap(causedBy);
  const [first, ...others] = known;
  const isOneTrace = others.every(({ traceId }) => traceId === first?.traceId);
  const parent =
    first === undefined
      ? context.active()
      : isOneTrace
        ? trace.setSpanContext(ROOT_CONTEXT, first)
        : ROOT_CONTEXT;
  const links: Link[] = (isOneTrace ? others : known).map((cause) => ({ context: cause }));
  const span = trace.getTracer(NAME).startSpan(name, { kind: SpanKind.INTERNAL, attributes, links }, parent);
  try {
    return await context.with(trace.setSpan(parent, span), work);
  } catch (error) {
    fail(span, error);
    throw error;
  } finally {
    span.end();
  }
};

const causedBy = (traceparent: string): SpanContext[] => {
  const cause = trace.getSpanContext(parentOf(traceparent));
  return cause === undefined ? [] : [cause];
};

/** The code only: a message of an error can quote what it is about. */
const fail = (span: Span, error: unknown): void => {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'UNKNOWN';
  span.setStatus({ code: SpanStatusCode.ERROR, message: code });
};
