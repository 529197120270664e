import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { startKafka, type KafkaBroker } from '@registry/testing-kafka';
import { createDatabase, type TestDatabase } from '@registry/testing-postgres';
import { DistributedRegistry } from './distributed-registry.js';
import { apply } from './help-desk.js';
import { eventually, temporaryFolder } from './registry-process.js';
import { acknowledgedAs, vxu } from './vxu-messages.js';

jest.setTimeout(180_000);

const LAKESIDE = 'demo-lakeside-clinic';
const PRAIRIE_ID = 'd0000000-0000-4000-8000-000000000002';

interface Span {
  readonly service: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly attributes?: readonly { readonly key: string; readonly value: unknown }[];
}

interface Exported {
  readonly resourceSpans: readonly {
    readonly resource: {
      readonly attributes: readonly {
        readonly key: string;
        readonly value: { readonly stringValue?: string };
      }[];
    };
    readonly scopeSpans: readonly { readonly spans: readonly Omit<Span, 'service'>[] }[];
  }[];
}

/** A collector of OTLP over HTTP in small: it keeps what it is sent. */
class Collector {
  readonly spans: Span[] = [];
  /** As it came. */
  text = '';

  private constructor(private readonly server: Server) {}

  static async start(): Promise<Collector> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const collector = new Collector(server);
    server.on('request', (request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        collector.keep(Buffer.concat(chunks).toString());
        response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
      });
    });
    return collector;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  stop(): void {
    this.server.close();
    this.server.closeAllConnections();
  }

  /** From a span to the first cause of it: service and name of each. */
  wayTo({ service, name, traceId, parentSpanId }: Span): string[] {
    const parent = this.spans.find((span) => span.traceId === traceId && span.spanId === parentSpanId);
    return [...(parent === undefined ? [] : this.wayTo(parent)), `${service} ${name}`];
  }

  private keep(body: string): void {
    this.text += body;
    for (const { resource, scopeSpans } of (JSON.parse(body) as Exported).resourceSpans) {
      const named = resource.attributes.find(({ key }) => key === 'service.name');
      const service = named?.value.stringValue?.replace('registry-', '') ?? '';
      for (const { spans } of scopeSpans) this.spans.push(...spans.map((span) => ({ ...span, service })));
    }
  }
}

describe('Traces of the services', () => {
  const folder = temporaryFolder();
  let kafka: KafkaBroker;
  let database: TestDatabase;
  let collector: Collector;
  let registry: DistributedRegistry;

  beforeAll(async () => {
    [kafka, database, collector] = await Promise.all([startKafka(), createDatabase(), Collector.start()]);
    registry = await DistributedRegistry.start({
      DATA_DIR: folder.path,
      KAFKA_BROKERS: kafka.brokers.join(),
      POSTGRES_URL: database.connectionString,
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      OTEL_BSP_SCHEDULE_DELAY: '200',
    });
    await registry.ready();
  });
  afterAll(async () => {
    await registry.stop();
    collector.stop();
    await kafka.stop();
    await database.drop();
    folder.remove();
  });

  const values = {
    controlId: 'TRACED-CONTROL',
    facility: 'LAKESIDE',
    mrn: 'TRACED-MRN',
    family: 'Tracedson',
    given: 'Theodora',
    birthDate: '2019-01-02',
    orderNumber: 'TRACED-ORDER',
    administeredOn: '2020-01-02',
    lot: 'TRACED-LOT',
    street: '77 Traced Street',
    mothersMaidenName: 'Tracedmother',
  };
  const person = { family: values.family, given: values.given, birthDate: values.birthDate };
  const search = async (): Promise<string | undefined> => {
    const answer = await registry.request('POST', '/persons/search', {
      as: LAKESIDE,
      purpose: 'treatment',
      json: { name: person },
    });
    return (answer.json() as { persons?: { id: string }[] }).persons?.[0]?.id;
  };

  it('go on from a submission over Kafka to the decision whose it is, and to its record', async () => {
    // As the sender's own trace has it.
    const traceId = '0af7651916cd43dd8448eb211c80319c';
    const { body } = await registry.request('POST', '/hl7', {
      as: LAKESIDE,
      hl7: vxu(values),
      headers: { traceparent: `00-${traceId}-b7ad6b7169203331-01` },
    });
    expect(acknowledgedAs(body, values.controlId)).toBe('AA');
    // The first four steps to whatever the query service consumed in this trace; the spans of one way come one by one.
    await eventually(
      () =>
        Promise.resolve(
          collector.spans
            .filter((span) => span.traceId === traceId && span.service === 'query')
            .filter(({ name }) => name.startsWith('consume query-'))
            .map((span) => collector.wayTo(span).slice(0, 4)),
        ),
      (found) =>
        found.some(
          ([first, second, third = '', fourth]) =>
            first === 'ingestion POST /hl7' &&
            second === 'ingestion append submission' &&
            third.startsWith('identity consume identity-') &&
            fourth === 'identity append identity',
        ),
      30_000,
    );
  });

  it('say nothing of anybody: of a submission, a refused one, a search, a read, a lock, or an error', async () => {
    const id = (await eventually(search, (found) => found !== undefined, 30_000)) ?? '';
    await registry.request('GET', `/persons/${id}`, { as: LAKESIDE, purpose: 'treatment' });
    await registry.request('GET', `/persons/${id}?name=Tracedson`, { as: LAKESIDE, purpose: 'fishing' });
    await registry.request('GET', '/persons/Tracedson', { as: LAKESIDE, purpose: 'treatment' });
    await registry.request('POST', '/hl7', { as: LAKESIDE, hl7: 'MSH|^~\\&|Tracedson' });
    await registry.request('POST', '/births', {
      as: 'demo-vital-records',
      body: '{"family":"Tracedson"',
      headers: { 'content-type': 'application/json' },
    });
    const requestId = await apply(registry, { change: 'lock', holder: PRAIRIE_ID }, person);
    const isOf = (name: string) => collector.spans.some((span) => span.name === name);
    await eventually(
      () =>
        Promise.resolve(
          isOf('POST /privacy/requests/:id/approve') && isOf('GET /persons/:id') && isOf('POST /births'),
        ),
      (seen) => seen,
    );

    expect(new Set(collector.spans.map(({ service }) => service)).size).toBeGreaterThan(4);
    expect(collector.text).not.toMatch(/Traced|Theodora|2019-?01-?02|2020-?01-?02|TRACED/i);
    expect(collector.text).not.toContain(id);
    expect(collector.text).not.toContain(requestId);
    const said = collector.spans.map(({ name, attributes = [] }) => JSON.stringify([name, attributes]));
    // No id of anything: routes are patterns, streams are categories.
    for (const each of said) expect(each).not.toMatch(/[0-9a-f]{8}-[0-9a-f]{4}-|[0-9a-f]{24}/);
    const keys = collector.spans.flatMap(({ attributes = [] }) => attributes.map(({ key }) => key));
    expect([...new Set(keys)].sort()).toEqual([
      'http.request.method',
      'http.response.status_code',
      'http.route',
      'messaging.batch.message_count',
    ]);
  });
});
