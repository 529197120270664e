import { collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

/** One value of a gauge. Labels are codes, groups, routes and ids of organizations: nothing about a person. */
export interface Measured {
  readonly labels?: Readonly<Record<string, string>>;
  readonly value: number;
}

const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];

/** What a process measures of itself, in Prometheus' form. */
export class Metrics {
  private readonly registry = new Registry();
  private readonly requests: Histogram<'method' | 'route' | 'status'>;

  /** @param service a label of everything */
  constructor(service: string) {
    this.registry.setDefaultLabels({ service });
    collectDefaultMetrics({ register: this.registry });
    this.requests = new Histogram({
      name: 'registry_http_request_seconds',
      help: 'Time from a request to its answer',
      labelNames: ['method', 'route', 'status'],
      buckets: SECONDS,
      registers: [this.registry],
    });
  }

  get contentType(): string {
    return this.registry.contentType;
  }

  /** @param route its pattern, never the URL */
  answered(method: string, route: string, status: number, seconds: number): void {
    this.requests.labels(method, route, String(status)).observe(seconds);
  }

  /** A value that is looked up when it is asked for. One that cannot be had is left out. */
  gauge(
    name: string,
    help: string,
    labelNames: readonly string[],
    measure: () => Promise<readonly Measured[]> | readonly Measured[],
  ): void {
    const gauge: Gauge = new Gauge({
      name,
      help,
      labelNames: [...labelNames],
      registers: [this.registry],
      collect: async () => {
        gauge.reset();
        const measured = await tried(measure);
        // A gauge without labels would stay at 0, as if that had been measured.
        if (measured === undefined && labelNames.length === 0) gauge.set(NaN);
        for (const { labels = {}, value } of measured ?? []) gauge.set(labels, value);
      },
    });
  }

  /** The exposition format. */
  text(): Promise<string> {
    return this.registry.metrics();
  }
}

export const METRICS = Symbol('Metrics');

const tried = async (
  measure: () => Promise<readonly Measured[]> | readonly Measured[],
): Promise<readonly Measured[] | undefined> => {
  try {
    return await measure();
  } catch {
    return undefined;
  }
};
