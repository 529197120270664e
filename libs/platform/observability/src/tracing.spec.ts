import { InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-node';
import {
  currentTraceparent,
  inSpan,
  isTracing,
  startRequestSpan,
  startTracing,
  stopTracing,
} from './tracing.js';

const exporter = new InMemorySpanExporter();

describe('Tracing', () => {
  it('does nothing unless it is started', async () => {
    expect(isTracing()).toBe(false);
    expect(await inSpan('work', {}, () => Promise.resolve(currentTraceparent()))).toBeUndefined();
  });

  describe('when started', () => {
    beforeAll(() =>
      startTracing({ service: 'test', endpoint: '', processor: new SimpleSpanProcessor(exporter) }),
    );
    afterEach(() => exporter.reset());
    afterAll(() => stopTracing());

    const spans = () => exporter.getFinishedSpans();

    it('goes on with the sender of a request, and through what a request causes', async () => {
      const sent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
      const request = startRequestSpan('POST', sent);
      let caused: string | undefined;
      await new Promise<void>((resolve) =>
        request.run(() => {
          void inSpan('append submission', {}, async () => {
            caused = currentTraceparent();
          }).then(resolve);
        }),
      );
      request.end('/hl7', 200);
      await inSpan('consume group', { causes: [caused, caused, undefined] }, () => Promise.resolve());
      expect(spans().map(({ name }) => name)).toEqual(['append submission', 'POST /hl7', 'consume group']);
      expect(new Set(spans().map((span) => span.spanContext().traceId))).toEqual(
        new Set(['0af7651916cd43dd8448eb211c80319c']),
      );
    });

    it('links a batch to all that caused it', async () => {
      const causes = ['1', '2'].map((digit) => `00-${digit.repeat(32)}-${digit.repeat(16)}-01`);
      await inSpan('consume group', { causes }, () => Promise.resolve());
      expect(spans()[0]?.links.map(({ context }) => context.traceId)).toEqual([
        '1'.repeat(32),
        '2'.repeat(32),
      ]);
    });

    it('goes on with the trace of a request that several of its events came from', async () => {
      const causes = ['1', '2', '3'].map((digit) => `00-${'a'.repeat(32)}-${digit.repeat(16)}-01`);
      await inSpan('consume group', { causes: [...causes, 'no cause'] }, () => Promise.resolve());
      const [span] = spans();
      expect(span?.spanContext().traceId).toBe('a'.repeat(32));
      expect(span?.parentSpanContext?.spanId).toBe('1'.repeat(16));
      expect(span?.links.map(({ context }) => context.spanId)).toEqual(['2'.repeat(16), '3'.repeat(16)]);
    });

    it('marks failures by their code, without what they say', async () => {
      const failure = Object.assign(new Error('Nora Olson'), { code: 'STORE.UNAVAILABLE' });
      await expect(inSpan('work', {}, () => Promise.reject(failure))).rejects.toBe(failure);
      expect(spans()[0]?.status).toMatchObject({ message: 'STORE.UNAVAILABLE' });
      expect(JSON.stringify(spans()[0]?.events)).not.toContain('Nora');
    });
  });
});
