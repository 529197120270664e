import { Metrics } from './metrics.js';

describe('Metrics', () => {
  it('are looked up when asked for, and left out where that fails', async () => {
    const metrics = new Metrics('test');
    let value = 1;
    metrics.gauge('registry_one', 'One', ['group'], () => [{ labels: { group: 'g' }, value }]);
    metrics.gauge('registry_away', 'Away', [], () => Promise.reject(new Error('away')));
    metrics.gauge('registry_thrown', 'Thrown', [], () => {
      throw new Error('away');
    });
    metrics.answered('GET', '/persons/:id', 404, 0.02);
    expect(await metrics.text()).toContain('registry_one{group="g",service="test"} 1');
    value = 2;
    const text = await metrics.text();
    expect(text).toContain('registry_one{group="g",service="test"} 2');
    expect(text).toContain(
      'registry_http_request_seconds_count{service="test",method="GET",route="/persons/:id",status="404"} 1',
    );
    expect(text).not.toMatch(/^registry_(away|thrown)\S* \d/m);
  });
});
